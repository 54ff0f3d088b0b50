import { beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { createMediaHost, type MediaHost } from '../../../src/extension/share/page/mediaHost.ts';
import type { PageLink } from '../../../src/extension/share/page/pageLink.ts';
import type { PageRequest } from '../../../src/core/session/mediaPort.ts';
import type { Envelope } from '../../../src/core/page/envelope.ts';
import type { HostMessage, PageMessage } from '../../../src/core/share/mediaMessages.ts';

class FakeLink implements PageLink {
    readonly loads: PageRequest[] = [];
    readonly posted: Envelope[] = [];
    closed = false;
    fullScreens = 0;
    #data = new Set<(data: unknown) => void>();
    #closed = new Set<(reason: string) => void>();
    load(request: PageRequest): void {
        this.loads.push(request);
    }
    post(data: unknown): void {
        this.posted.push(data as Envelope);
    }
    onData(listener: (data: unknown) => void) {
        this.#data.add(listener);
        return { dispose: () => this.#data.delete(listener) };
    }
    onClosed(listener: (reason: string) => void) {
        this.#closed.add(listener);
        return { dispose: () => this.#closed.delete(listener) };
    }
    reveal(): void {
        /* nothing to see */
    }
    toggleFullScreen(): void {
        this.fullScreens++;
    }
    close(): void {
        this.closed = true;
    }
    say(message: PageMessage, generation = this.loads.at(-1)?.generation ?? 0): void {
        for (const l of [...this.#data]) l({ hush: 1, pageId: this.loads.at(-1)?.pageId, generation, message });
    }
    lose(reason: string): void {
        for (const l of [...this.#closed]) l(reason);
    }
    get types(): string[] {
        return this.posted.map((e) => (e.message as HostMessage).type);
    }
}

const ready = { type: 'ready', displayCapture: true, frameEncryption: true } as const;
const target = { roomId: '!r', userId: '@ann:x', deviceId: 'D', shareId: 'S' };
const view = (generation = 1): PageRequest => ({
    pageId: 'v',
    generation,
    role: 'view',
    location: 'webview',
    title: 'Ann',
    roomName: 'r',
    connectOrigins: [],
    target,
});
const share = (generation: number, location: 'webview' | 'browser'): PageRequest => ({
    pageId: 's',
    generation,
    role: 'share',
    location,
    title: 'r',
    roomName: 'r',
    connectOrigins: [],
});
const connect = (token: string): HostMessage => ({
    type: 'view.connect',
    identity: 'ann',
    grant: { url: 'wss://x', token },
});
const key = (index: number): HostMessage => ({
    type: 'keys.set',
    identity: 'ann',
    index,
    key: 'AAAAAAAAAAAAAAAAAAAAAA==',
});

describe('the media host', () => {
    let tabs: FakeLink[];
    let browsers: FakeLink[];
    let host: MediaHost;
    let heard: [string, number, string][];
    let gone: [string, number, string][];
    let logged: string[];
    const make = (list: FakeLink[]) => () => {
        const link = new FakeLink();
        list.push(link);
        return link;
    };
    const only = (list: FakeLink[]): FakeLink => {
        assert.equal(list.length, 1);
        return list[0] as FakeLink;
    };
    beforeEach(() => {
        [tabs, browsers, heard, gone, logged] = [[], [], [], [], []];
        const log = (text: string) => void logged.push(text);
        host = createMediaHost({
            opener: { openTab: make(tabs), openBrowser: make(browsers) },
            theme: () => 'dark',
            log: { debug: log, info: log, warn: log, error: log },
        });
        host.onMessage((pageId, generation, message) => heard.push([pageId, generation, message.type]));
        host.onClosed((pageId, generation, reason) => gone.push([pageId, generation, reason]));
    });

    it('holds messages back until the page is ready, then sends them in an order that works', () => {
        host.open(view());
        host.send('v', 1, connect('t'));
        host.send('v', 1, key(0));
        assert.deepEqual(only(tabs).types, []);
        only(tabs).say(ready);
        assert.deepEqual(only(tabs).types, ['init', 'keys.set', 'view.connect']);
        assert.deepEqual(heard, [['v', 1, 'ready']]);
        const init = only(tabs).posted[0]?.message as Extract<HostMessage, { type: 'init' }>;
        assert.deepEqual([init.role, init.title, init.theme, init.persist], ['view', 'Ann', 'dark', target]);
    });

    it('rebuilds a page that reloads from its last state; the fresh grant comes from the host', () => {
        host.open(view());
        only(tabs).say(ready);
        host.send('v', 1, key(0));
        host.send('v', 1, key(1));
        host.send('v', 1, connect('old'));
        only(tabs).posted.length = 0;
        only(tabs).say(ready);
        assert.deepEqual(only(tabs).types, ['init', 'keys.set', 'keys.set']);
    });

    it('gives a reloaded share its grant again, so that it goes on after the next choice', () => {
        host.open(share(1, 'webview'));
        only(tabs).say(ready);
        host.send('s', 1, {
            type: 'share.capture',
            settings: { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 },
        });
        host.send('s', 1, { type: 'share.publish', identity: 'ann', grant: { url: 'wss://x', token: 't' } });
        host.send('s', 1, { type: 'share.hold', held: true });
        only(tabs).posted.length = 0;
        only(tabs).say(ready);
        assert.deepEqual(only(tabs).types, ['init', 'share.hold', 'share.capture', 'share.publish']);
    });

    it('builds a new generation in the same tab and is deaf to the old one', () => {
        host.open(view(1));
        only(tabs).say(ready);
        host.send('v', 1, key(0));
        host.open(view(2));
        only(tabs).say({ type: 'view.state', state: 'live', detail: '' }, 1);
        assert.deepEqual(heard.at(-1), ['v', 1, 'ready']);
        only(tabs).say(ready, 2);
        assert.deepEqual(heard.at(-1), ['v', 2, 'ready']);
        host.send('v', 1, connect('stale'));
        assert.deepEqual(
            only(tabs)
                .posted.filter((e) => e.generation === 2)
                .map((e) => (e.message as HostMessage).type),
            ['init'],
        );
    });

    it('refuses a generation that is not newer', () => {
        host.open(view(2));
        host.open(view(2));
        assert.equal(only(tabs).loads.length, 1);
    });

    it('moves a share from the tab to the browser without calling it closed', () => {
        host.open(share(1, 'webview'));
        host.close('s');
        host.open(share(2, 'browser'));
        assert.ok(only(tabs).closed);
        only(browsers).say(ready);
        assert.deepEqual([heard, gone], [[['s', 2, 'ready']], []]);
    });

    it('says once that a page was closed, and then knows it no more', () => {
        host.open(view());
        only(tabs).lose('The tab was closed.');
        only(tabs).lose('again');
        host.send('v', 1, key(0));
        assert.deepEqual(gone, [['v', 1, 'The tab was closed.']]);
        host.open(view(1)); // the same share, clicked again
        assert.equal(tabs.length, 2);
    });

    it('does not report what the host itself closed', () => {
        host.open(view());
        host.close('v');
        only(tabs).lose('late');
        assert.ok(only(tabs).closed);
        assert.deepEqual(gone, []);
    });

    it('gives a restored tab to the view that it showed', () => {
        const restored = new FakeLink();
        host.adopt(target, restored);
        assert.deepEqual([host.hasTab('v', target), host.hasTab('v', undefined)], [true, false]);
        host.open(view());
        assert.deepEqual([tabs.length, restored.loads.length, host.hasTab('v', undefined)], [0, 1, true]);
        restored.lose('closed');
        assert.deepEqual(gone, [['v', 1, 'closed']]);
    });

    it('forgets a restored tab that was closed before its view opened', () => {
        const restored = new FakeLink();
        host.adopt(target, restored);
        restored.lose('closed');
        host.open(view());
        assert.deepEqual([tabs.length, restored.loads.length, gone.length], [1, 0, 0]);
    });

    it('answers the full-screen button itself, and keeps log lines to the log', () => {
        host.open(view());
        only(tabs).say({ type: 'action', name: 'fullScreen' });
        only(tabs).say({ type: 'log', level: 'warn', text: 'hm' });
        assert.deepEqual([only(tabs).fullScreens, heard, logged], [1, [], ['page v: hm']]);
    });

    it('drops malformed messages with a reason in the log', () => {
        host.open(view());
        only(tabs).say({ type: 'view.state', state: 'nonsense', detail: '' } as unknown as PageMessage);
        assert.equal(heard.length, 0);
        assert.match(logged[0] ?? '', /malformed message view\.state/u);
    });

    it('leaves the tabs of views standing when the window goes away, for a reload to bring back', () => {
        host.open(view());
        host.open(share(1, 'browser'));
        host.keepTabs();
        host.close('v');
        host.open(view(2));
        host.dispose();
        assert.ok(tabs.every((tab) => !tab.closed));
        assert.ok(only(browsers).closed);
    });

    it('closes every page when it is disposed', () => {
        host.open(view());
        host.open(share(1, 'browser'));
        host.dispose();
        assert.ok(only(tabs).closed && only(browsers).closed);
    });
});
