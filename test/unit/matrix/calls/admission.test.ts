import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { createCalls, type Calls } from '../../../../src/matrix/calls/callRunner.ts';
import type { CallEvent } from '../../../../src/matrix/calls/callEvents.ts';
import type { ReceivedCallEvent } from '../../../../src/matrix/calls/signalling.ts';
import type { HostMessage } from '../../../../src/core/share/mediaMessages.ts';
import { Listeners } from '../../../../src/core/base/listeners.ts';

const ROOM = '!room:hs';
const page = { pageId: 'S1', generation: 1 };
const offer = { sdp: 'v=0', streams: {} };
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const nothing = (): void => undefined;

/** Alice, whose share S1 goes directly, and who calls Bob; none of Bob's devices may have it. */
async function calling() {
    const events = new Listeners<[ReceivedCallEvent]>();
    const [sent, judged]: [CallEvent[], string[]] = [[], []];
    const told: HostMessage[] = [];
    const calls: Calls = createCalls({
        self: { userId: '@alice:hs', deviceId: 'ADEV' },
        log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
        now: () => 1_000,
        inRoom: () => true,
        relayOnly: () => false,
        iceServers: {
            get: () => Promise.resolve({ servers: [], noneUsable: false }),
            refused: () => undefined,
        },
        signalling: { send: async (_room, event) => void sent.push(event), onEvent: events.add, dispose: nothing },
        requests: { send: async () => undefined, onRequest: () => ({ dispose: nothing }) },
        admit: async (_room, { deviceId }) => {
            judged.push(deviceId);
            return deviceId === 'VERIFIED';
        },
    });
    calls.onPage((_call, _generation, message) => told.push(message));
    calls.publish({ roomId: ROOM, shareId: 'S1' }, page);
    calls.call({ roomId: ROOM, shareId: 'S1', userId: '@bob:hs' });
    await settle();
    const open = told.find((message) => message.type === 'mesh.open');
    assert.ok(open);
    return {
        calls,
        sent,
        judged,
        told,
        async ring(): Promise<string> {
            calls.handlePageMessage({ type: 'mesh.description', connection: open.connection, kind: 'offer', ...offer });
            await settle();
            const [invite] = sent;
            assert.ok(invite?.kind === 'invite');
            return invite.callId;
        },
        async hear(deviceId: string, event: CallEvent) {
            events.emit({ roomId: ROOM, from: { userId: '@bob:hs', deviceId }, event, ageMs: 0 });
            await settle();
        },
    };
}

describe('a device that may not have our screen', () => {
    let alice: Awaited<ReturnType<typeof calling>>;
    afterEach(() => alice.calls.dispose());
    const answer = (callId: string): CallEvent => ({ kind: 'answer', callId, leg: undefined, ...offer });

    for (const moved of [false, true]) {
        const when = moved ? ', also when the share has moved to a media server while it rang' : '';
        it(`gets nothing by answering a call for its person${when}`, async () => {
            alice = await calling();
            const callId = await alice.ring();
            if (moved) alice.calls.unpublish('S1');
            assert.ok(alice.calls.servedRooms.has(ROOM), 'who can see it is asked about');
            await alice.hear('UNVERIFIED', answer(callId));
            assert.deepEqual(alice.judged, ['UNVERIFIED']);
            assert.deepEqual(alice.calls.served, []);
            assert.ok(!alice.told.some((message) => message.type === 'mesh.description'));
            assert.equal(alice.sent.at(-1)?.kind, 'hangup');
        });
    }

    it('gets nothing by a call of its own that crosses ours after the share has moved', async () => {
        alice = await calling();
        await alice.ring();
        alice.calls.unpublish('S1');
        const invite = { kind: 'invite', callId: '1700000000000abc', leg: undefined, lifetime: 60_000 } as const;
        await alice.hear('UNVERIFIED', { ...invite, invitee: undefined, device: undefined, ...offer });
        assert.deepEqual(alice.judged, ['UNVERIFIED']);
        assert.deepEqual(alice.calls.served, []);
        assert.ok(alice.sent.some(({ kind }) => kind === 'hangup'));
    });

    it('is not judged when it answers nothing that brings our screen', async () => {
        alice = await calling();
        await alice.hear('UNVERIFIED', answer('another'));
        assert.deepEqual(alice.judged, []);
    });

    it('does not keep the one that may from it', async () => {
        alice = await calling();
        const callId = await alice.ring();
        alice.calls.unpublish('S1');
        await alice.hear('VERIFIED', answer(callId));
        assert.deepEqual(
            alice.calls.served.map(({ device }) => device.deviceId),
            ['VERIFIED'],
        );
    });
});
