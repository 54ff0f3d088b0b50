/** The page of a share that is paused or shielded, and the gate that its tracks come from. */
import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import type { LocalTrack } from 'livekit-client';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Cover, PageMessage } from '../../../src/core/share/mediaMessages.ts';
import { createTrackHold } from '../../../src/livekit/browser/trackHold.ts';
import { openGate } from '../../../src/webview/capture/screenGate.ts';
import { createPictureHold, type PictureHoldOptions } from '../../../src/webview/share/pictureHold.ts';
import { createShareUi } from '../../../src/webview/share/shareUi.ts';

describe('the page of a share that is hidden', () => {
    const before = globalThis.document;
    beforeEach(() => {
        globalThis.document = new JSDOM('<div id="app"></div>').window.document;
    });
    afterEach(() => {
        globalThis.document = before;
    });
    const open = () => {
        const root = document.getElementById('app') ?? assert.fail('no page');
        const nothing = (): void => undefined;
        const acted: string[] = [];
        const act = (name: string): void => void acted.push(name);
        const ui = createShareUi(root, {
            choose: nothing,
            stop: nothing,
            act,
            openInBrowser: nothing,
            optimizeFor: nothing,
        });
        ui.phase('live');
        const text = (selector: string): string => root.querySelector(selector)?.textContent ?? '';
        const shown = (selector: string): boolean => root.querySelector<HTMLElement>(selector)?.hidden === false;
        const press = (name: string): void => {
            const buttons = [...root.querySelectorAll('button')];
            (buttons.find((button) => button.textContent === name && !button.hidden) ?? assert.fail(name)).click();
        };
        const focus = (name: string): void =>
            (
                [...root.querySelectorAll('button')].find((button) => button.textContent === name) ?? assert.fail(name)
            ).focus();
        const focused = (): string => document.activeElement?.textContent ?? '';
        return { ui, acted, text, shown, press, focus, focused };
    };

    it('says so over the preview and in its line, and offers the way back', () => {
        const { ui, acted, text, shown, press } = open();
        assert.ok(!shown('.veil'));
        press('Pause');
        ui.cover('paused', '');
        assert.ok(shown('.veil'));
        assert.match(text('.line'), /^Paused/u);
        press('Resume');
        ui.cover('shielded', '.env');
        assert.match(text('.veil'), /Secret Shield/u);
        assert.match(text('.line'), /\.env/u);
        press('Show Anyway');
        press('Pause');
        ui.cover(null, '');
        assert.ok(!shown('.veil'));
        assert.match(text('.line'), /^Live/u);
        assert.deepEqual(acted, ['pauseShare', 'resumeShare', 'showAnyway', 'pauseShare']);
    });

    it('says so while it starts, without a card where pictures cannot be replaced', () => {
        const { ui, text } = open();
        ui.cover('shielded', '.env');
        ui.phase('starting');
        assert.match(text('.line'), /^Hidden by Secret Shield: .*nothing of your screen/u);
        ui.cover('paused', '');
        assert.match(text('.line'), /^Paused: .*nothing of your screen/u);
        ui.cover(null, '');
        assert.match(text('.line'), /^Starting/u);
    });

    it('moves the focus to Pause when Show Anyway goes', () => {
        const { ui, press, focus, focused } = open();
        ui.cover('shielded', '.env');
        focus('Show Anyway');
        press('Show Anyway');
        ui.cover(null, '');
        assert.equal(focused(), 'Pause');
    });

    it('shows no name of a file as HTML', () => {
        const { ui, text } = open();
        ui.cover('shielded', '<img src=x>');
        assert.match(text('.line'), /<img src=x>/u);
    });

    it('stays covered while a key holds the picture, too', () => {
        const { ui, shown } = open();
        ui.cover('paused', '');
        ui.phase('held');
        ui.cover(null, '');
        assert.ok(shown('.veil'));
        ui.phase('live');
        assert.ok(!shown('.veil'));
    });
});

describe('what holds the picture of a share', () => {
    const open = (replaces: boolean, covers: 'done' | 'fails' = 'done') => {
        const said: PageMessage[] = [];
        const holds: boolean[] = [];
        const failures: string[] = [];
        const gate = {
            replaces,
            cover: () => (covers === 'done' ? Promise.resolve() : Promise.reject(new Error('no'))),
        };
        const publisher = {
            async hold(held: () => boolean) {
                holds.push(held());
            },
        };
        const hold = createPictureHold({
            ui: { phase: () => undefined, cover: () => undefined },
            send: (message: PageMessage) => void said.push(message),
            capture: { now: { gate } },
            sfu: { publisher },
            publish: () => undefined,
            fail: (detail: string) => void failures.push(detail),
        } as unknown as PictureHoldOptions);
        const cover = async (next: Cover | null, order: number): Promise<void> => {
            hold.coverWith({ type: 'share.cover', cover: next, file: '', order });
            await new Promise(setImmediate);
        };
        return { hold, cover, said, holds, failures };
    };

    it('confirms that the screen is hidden, by number, and confirms no end of it', async () => {
        const { cover, said, holds } = open(true);
        await cover('paused', 3);
        await cover(null, 4);
        assert.deepEqual(said, [{ type: 'share.covered', order: 3 }]);
        assert.deepEqual(holds, [], 'cards go on');
    });

    it('pauses at the SFU where pictures cannot be replaced, and a key that is delivered does not resume', async () => {
        const { hold, cover, holds } = open(false);
        await cover('shielded', 1);
        hold.hold(true);
        hold.hold(false);
        assert.deepEqual(holds, [true, true, true]);
        assert.ok(hold.silent);
        await cover(null, 2);
        assert.equal(holds.at(-1), false);
    });

    it('ends the share when the screen cannot be hidden', async () => {
        const { cover, said, failures } = open(true, 'fails');
        await cover('paused', 1);
        assert.deepEqual(said, []);
        assert.equal(failures.length, 1);
    });
});

describe('a published track', () => {
    const open = () => {
        const done: string[] = [];
        const step = (name: string) => async () => {
            done.push(name);
            await new Promise(setImmediate);
            return track;
        };
        const track = {
            mute: step('mute'),
            unmute: step('unmute'),
            pauseUpstream: step('pause'),
            resumeUpstream: step('resume'),
        } as unknown as LocalTrack;
        return { hold: createTrackHold(() => track), done };
    };

    it('is held and let go one after another', async () => {
        const { hold, done } = open();
        await Promise.all([hold(() => true), hold(() => false)]);
        assert.deepEqual(done, ['pause', 'mute', 'unmute', 'resume']);
    });

    it('ends with what is true when the last turn comes', async () => {
        for (const last of [true, false]) {
            const { hold, done } = open();
            let held = !last;
            const turns = [hold(() => held), hold(() => held)];
            await Promise.resolve().then(() => (held = last));
            await Promise.all(turns);
            assert.deepEqual(done.slice(-2), last ? ['pause', 'mute'] : ['unmute', 'resume']);
        }
    });
});

describe('the gate of a browser that cannot replace pictures', () => {
    class FakeTrack {
        #on = true;
        get enabled(): boolean {
            return this.#on;
        }
        set enabled(on: boolean) {
            this.#on = on;
        }
        contentHint = '';
        readyState = 'live';
        clone = (): FakeTrack => new FakeTrack();
        stop(): void {
            this.readyState = 'ended';
        }
    }
    const open = (cover: Cover | null) =>
        openGate({
            captured: new FakeTrack() as unknown as MediaStreamTrack,
            contentHint: 'text',
            cover,
            workerUrl: '',
            failed: () => undefined,
        });

    it('makes every track black that was taken before or is taken later', async () => {
        const gate = open(null);
        const first = gate.take();
        await gate.cover('shielded');
        const second = gate.take();
        assert.deepEqual([first.enabled, second.enabled], [false, false]);
        await gate.cover(null);
        assert.deepEqual([first.enabled, second.enabled], [true, true]);
    });

    it('keeps them black when a sender turns them on', async () => {
        const gate = open('shielded');
        const [begun, taken] = [gate.take(), gate.take()];
        begun.enabled = true;
        assert.ok(!begun.enabled);
        await gate.cover(null);
        assert.ok(begun.enabled && taken.enabled);
        taken.enabled = false;
        assert.ok(!taken.enabled, 'a sender may turn them off');
        await gate.cover('paused');
        begun.enabled = true;
        taken.enabled = true;
        assert.deepEqual([begun.enabled, taken.enabled], [false, false]);
    });

    it('begins black, keeps the hint, and stops what was taken', () => {
        const gate = open('paused');
        const track = gate.take();
        assert.ok(!track.enabled && !gate.replaces);
        gate.hint('motion');
        assert.equal(track.contentHint, 'motion');
        assert.equal(gate.take().contentHint, 'motion');
        gate.close();
        assert.equal(track.readyState, 'ended');
    });
});

describe('the gate of a browser that replaces pictures', () => {
    const globals = globalThis as unknown as Record<string, unknown>;
    const names = ['Worker', 'MediaStreamTrackProcessor', 'MediaStreamTrackGenerator'] as const;
    const before = names.map((name) => globals[name]);
    afterEach(() => names.forEach((name, i) => (globals[name] = before[i])));

    const open = () => {
        const posted: Record<string, unknown>[] = [];
        const worker = Object.assign(new EventTarget(), {
            postMessage: (message: Record<string, unknown>) => void posted.push(message),
            terminate: () => undefined,
        });
        globals['Worker'] = function FakeWorker() {
            return worker;
        };
        globals['MediaStreamTrackProcessor'] = function FakeProcessor() {
            return { readable: 'captured' };
        };
        globals['MediaStreamTrackGenerator'] = function FakeGenerator() {
            return { writable: 'sent', clone: () => ({ of: 'generator' }), stop: () => undefined };
        };
        let failures = 0;
        const gate = openGate({
            captured: { clone: () => assert.fail('the captured track was handed out') } as unknown as MediaStreamTrack,
            contentHint: 'text',
            cover: 'paused',
            workerUrl: 'blob:x',
            failed: () => failures++,
        });
        const says = (data: unknown): boolean => worker.dispatchEvent(new MessageEvent('message', { data }));
        return { gate, posted, says, worker, failures: () => failures };
    };

    it('hands out tracks of the gate only, and begins with the cover', () => {
        const { gate, posted } = open();
        assert.equal((gate.take() as unknown as { of: string }).of, 'generator');
        assert.deepEqual(posted, [
            { kind: 'hush.gate.open', readable: 'captured', writable: 'sent', delayMs: 0, cover: 'paused' },
        ]);
    });

    it('is covered when the worker has confirmed that order', async () => {
        const { gate, says } = open();
        let done = '';
        const [first, second] = [
            gate.cover(null).then(() => (done += '1')),
            gate.cover('paused').then(() => (done += '2')),
        ];
        says({ kind: 'hush.gate.done', order: 2 });
        await second;
        assert.equal(done, '2');
        says({ kind: 'hush.gate.done', order: 1 });
        await first;
    });

    it('leaves no worker behind when the capture has ended', () => {
        let terminated = 0;
        const worker = Object.assign(new EventTarget(), {
            postMessage: () => undefined,
            terminate: () => terminated++,
        });
        globals['Worker'] = function FakeWorker() {
            return worker;
        };
        globals['MediaStreamTrackProcessor'] = function FakeProcessor() {
            throw new TypeError('the track has ended');
        };
        globals['MediaStreamTrackGenerator'] = function FakeGenerator() {
            return { writable: 'sent' };
        };
        assert.throws(
            () =>
                openGate({
                    captured: {} as unknown as MediaStreamTrack,
                    contentHint: 'text',
                    cover: null,
                    workerUrl: 'blob:x',
                    failed: () => undefined,
                }),
            /ended/u,
        );
        assert.equal(terminated, 1);
    });

    it('tells when no picture leaves any more', () => {
        const { says, worker, failures } = open();
        says({ kind: 'hush.gate.failed' });
        worker.dispatchEvent(new Event('error'));
        assert.equal(failures(), 2);
    });
});
