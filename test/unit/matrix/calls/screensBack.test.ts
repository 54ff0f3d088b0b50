import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import type { ForeignCall } from '../../../../src/core/session/callsPort.ts';
import { newConnection, type Call } from '../../../../src/matrix/calls/callState.ts';
import { createScreensBack, type ScreensBack } from '../../../../src/matrix/calls/screensBack.ts';

const share = { pageId: 'S1', generation: 1 };
const tab = { pageId: 'V1', generation: 1 };
const eve = { userId: '@eve:hs', deviceId: 'ELEMENT' };
const call = (role: 'send' | 'receive', foreign = true): Call => ({
    id: 'c1',
    roomId: '!r',
    peer: eve,
    outgoing: true,
    foreign,
    owesShare: false,
    phase: 'connected',
    first: 'main',
    connections: new Map([['main', newConnection('main', share, role, 'stable', 0)]]),
    expiresAt: 0,
});
const screen = (there: boolean) => ({ type: 'mesh.screen', connection: 'c1/main', there }) as const;
const state = { type: 'mesh.state', connection: 'here/V1', state: 'connected', route: 'direct' } as const;
const answer = { type: 'mesh.description', connection: 'here/V1', kind: 'answer', sdp: 'v=0', streams: {} } as const;

describe('a screen shown back in a call that carries ours', () => {
    let calls: Map<string, Call>;
    let told: string[];
    let sent: string[];
    let screens: ScreensBack;
    beforeEach(() => {
        calls = new Map([['c1', call('send')]]);
        [told, sent] = [[], []];
        screens = createScreensBack({
            calls: () => calls,
            toPage: (page, message) => void sent.push(`${page.pageId} ${message.type}`),
            tell: (event: ForeignCall) => void told.push(event.kind),
        });
    });

    it('is told, and goes from the page that has it to the tab, which hear each other', () => {
        assert.ok(screens.said(screen(true), 'S1'));
        assert.deepEqual(told, ['screen']);
        assert.ok(screens.show('c1', tab));
        assert.deepEqual(sent.splice(0), ['V1 mesh.open', 'S1 mesh.open']);
        assert.ok(screens.said({ ...answer, kind: 'offer' }, 'S1') && screens.said(answer, 'V1'));
        assert.deepEqual(sent.splice(0), ['V1 mesh.description', 'S1 mesh.description']);
        assert.ok(screens.said(state, 'V1'), 'and is nobody else’s');
        assert.deepEqual(sent, []);
    });

    for (const [what, end] of [
        ['it stops', () => screens.said(screen(false), 'S1')],
        ['the call ends', () => (calls.clear(), screens.callsChanged())],
        ['the tab closes', () => screens.release('V1')],
        ['our share ends', () => screens.release('S1')],
    ] as const) {
        it(`ends when ${what}`, () => {
            screens.said(screen(true), 'S1');
            screens.show('c1', tab);
            sent.splice(0);
            end();
            assert.deepEqual([sent, told], [['S1 mesh.close'], ['screen', 'over']]);
            assert.ok(screens.said(answer, 'V1'), 'what still comes is dropped');
            assert.deepEqual(sent, ['S1 mesh.close']);
        });
    }

    it('is none in a call between Hush’s own, in one that brings a screen here, or in none', () => {
        for (const other of [call('send', false), call('receive'), undefined]) {
            calls.clear();
            if (other) calls.set('c1', other);
            screens.said(screen(true), 'S1');
            assert.equal(screens.show('c1', tab), false);
        }
        assert.deepEqual([told, sent], [[], []]);
    });

    it('leaves what is said of other connections to the calls', () =>
        assert.equal(screens.said({ ...answer, connection: 'c1/main' }, 'S1'), false));
});
