import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { HushError } from '../../../src/core/base/errors.ts';
import { createLog } from '../../../src/core/base/log.ts';
import { createOrchestrator, type Orchestrator } from '../../../src/core/session/orchestrator.ts';
import { sfuOrigins } from '../../../src/core/session/pageGrants.ts';
import type { MediaKey } from '../../../src/core/session/rtcPort.ts';
import type { Notice } from '../../../src/core/session/state.ts';
import { FakeCalls, FakeMedia, FakeRtc } from './fakePorts.ts';
import { ALICE, BOB, member, READY, requestShare, requestView, ROOM, STARTED } from './fixtures.ts';

const key = (identity: string, roomId = ROOM): MediaKey => ({
    roomId,
    identity,
    index: 0,
    key: 'AAAAAAAAAAAAAAAAAAAAAA==',
});
/** Lets every promise that can go on do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the orchestrator', () => {
    let rtc: FakeRtc;
    let calls: FakeCalls;
    let media: FakeMedia;
    let core: Orchestrator;
    let notices: Notice[];
    let lines: string[];

    beforeEach(() => {
        rtc = new FakeRtc();
        calls = new FakeCalls();
        media = new FakeMedia();
        notices = [];
        lines = [];
        const write = (text: string): void => void lines.push(text);
        core = createOrchestrator({
            rtc,
            calls,
            media,
            log: createLog({ debug: write, info: write, warn: write, error: write }),
            deviceTrust: async () => 'verified',
            deviceName: async () => 'Laptop',
            notify: (notice) => notices.push(notice),
            after: () => () => undefined,
        });
        core.dispatch({ type: 'signedIn', self: ALICE });
    });
    afterEach(() => core.dispose());

    async function share(): Promise<void> {
        core.dispatch(requestShare());
        await settle();
        media.messages.fire('S1', 1, READY);
        media.messages.fire('S1', 1, STARTED);
        await settle();
    }

    async function watchBob(): Promise<void> {
        core.dispatch({
            type: 'rtcChanged',
            roomId: ROOM,
            members: [member(BOB, { shares: [{ id: 'S9', startedTs: 1 }] })],
        });
        core.dispatch(requestView());
        await settle();
        media.messages.fire('V1', 1, READY);
        await settle();
    }

    it('gives the page its key before it lets it publish', async () => {
        rtc.keys = [key('@alice:hs:ADEV'), key('@bob:hs:BDEV')];
        await share();
        assert.deepEqual(media.told('S1'), [
            'share.capture',
            'share.prepare',
            'sideChannel.open',
            'keys.set',
            'share.publish',
        ]);
        const set = media.sent.find((s) => s.message.type === 'keys.set');
        assert.equal(set?.message.type === 'keys.set' && set.message.identity, '@alice:hs:ADEV');
    });

    it('gives every page of a room the side channel’s keys, and takes them for no media key', async () => {
        const side = (deviceId: string, index = 0): MediaKey => ({
            ...key(JSON.stringify([BOB.userId, deviceId])),
            index,
            sideChannel: { userId: BOB.userId, deviceId },
        });
        rtc.keys = [key('@bob:hs:BDEV'), side('BDEV')];
        await watchBob();
        rtc.keyEvents.fire({ kind: 'key', key: side('BDEV', 1) });
        rtc.keyEvents.fire({ kind: 'key', key: { ...side('EVE'), roomId: '!other:hs' } });
        rtc.keyEvents.fire({ kind: 'sideChannelLeft', roomId: ROOM, userId: BOB.userId, deviceId: 'BDEV' });
        rtc.keyEvents.fire({ kind: 'sideChannelLeft', roomId: '!other:hs', userId: BOB.userId, deviceId: 'BDEV' });
        const told = media.sent.map(({ message }) => message).filter(({ type }) => type.startsWith('sideChannel.'));
        assert.deepEqual(
            told.map((message) => [message.type, 'name' in message ? message.name : '']),
            [
                ['sideChannel.open', ''],
                ['sideChannel.key', 'bob'],
                ['sideChannel.key', 'bob'],
                ['sideChannel.forget', ''],
            ],
        );
        assert.equal(media.sent.filter(({ message }) => message.type === 'keys.set').length, 1);
    });

    it('gives a tab the keys of the participant it shows, and of nobody else', async () => {
        rtc.keys = [key('@bob:hs:BDEV'), key('@carol:hs:CDEV')];
        await watchBob();
        rtc.keyEvents.fire({ kind: 'key', key: { ...key('@carol:hs:CDEV'), index: 1 } });
        rtc.keyEvents.fire({ kind: 'key', key: { ...key('@bob:hs:BDEV'), index: 1 } });
        rtc.keyEvents.fire({ kind: 'key', key: key('@bob:hs:BDEV', '!elsewhere:hs') });
        const identities = media.sent.flatMap((s) => (s.message.type === 'keys.set' ? [s.message.identity] : []));
        assert.deepEqual(identities, ['@bob:hs:BDEV', '@bob:hs:BDEV']);
    });

    it('loads no tab again for the token of a move that was given up', async () => {
        const bob = (transport?: 'mesh'): void => {
            const share = { id: 'S9', startedTs: 1, ...(transport ? { transport } : {}) };
            core.dispatch({ type: 'rtcChanged', roomId: ROOM, members: [member(BOB, { shares: [share] })] });
        };
        bob('mesh');
        core.dispatch(requestView());
        media.messages.fire('V1', 1, READY);
        media.messages.fire('V1', 1, { type: 'view.state', state: 'live', detail: '' });
        const token = Promise.withResolvers<void>();
        rtc.gates.viewerGrant = token.promise;
        bob();
        bob('mesh');
        await settle();
        const [pages, told] = [media.opened.length, media.told('V1').length];
        token.resolve();
        await settle();
        assert.deepEqual([media.opened.length, media.told('V1').length], [pages, told]);
        assert.equal(core.state.viewerTabs.get('V1')?.phase, 'live');
    });

    it('asks before the picker whether another window shares, also for a share without a media server', async () => {
        rtc.gates.mayShare = Promise.reject(new HushError('media.otherWindow', 'You share already.'));
        core.dispatch(requestShare({ transport: 'mesh' }));
        await settle();
        assert.deepEqual([media.opened.length, notices[0]?.kind], [0, 'shareFailed']);
    });

    it('shares while watching in the same room, once the membership says so', async () => {
        rtc.keys = [key('@alice:hs:ADEV')];
        await watchBob();
        const gate = Promise.withResolvers<void>();
        rtc.gates.announce = gate.promise;
        await share();
        assert.ok(!media.told('S1').includes('share.publish'));
        gate.resolve();
        await settle();
        assert.ok(media.told('S1').includes('share.publish'));
    });

    it('does not take the joining of a tab for the announcement of a share that came after it', async () => {
        const joining = Promise.withResolvers<void>();
        const announcing = Promise.withResolvers<void>();
        rtc.gates = { join: joining.promise, announce: announcing.promise };
        await watchBob();
        await share();
        joining.resolve();
        await settle();
        assert.ok(!media.told('S1').includes('share.publish'));
        announcing.resolve();
        await settle();
        assert.ok(media.told('S1').includes('share.publish'));
    });

    it('names the one SFU that the page may talk to', async () => {
        await share();
        assert.deepEqual(media.opened[0]?.connectOrigins, ['wss://sfu.hs', 'https://sfu.hs']);
        assert.deepEqual(sfuOrigins('ws://127.0.0.1:7880/x'), ['ws://127.0.0.1:7880', 'http://127.0.0.1:7880']);
    });

    it('opens the tab while the token is on its way, once the SFU is known', async () => {
        await watchBob();
        core.dispatch({ type: 'viewerTabCloseRequested', tabId: 'V1' });
        const gate = Promise.withResolvers<void>();
        rtc.gates.viewerGrant = gate.promise;
        core.dispatch(requestView('S9', 'V2'));
        assert.equal(media.opened.at(-1)?.pageId, 'V2');
        gate.resolve();
        await settle();
    });

    it('a tab that is there already says that no token came, and its page may retry', async () => {
        media.restored = true;
        rtc.gates.viewerGrant = Promise.reject(new HushError('network.offline', 'The media server cannot be reached.'));
        core.dispatch({
            type: 'rtcChanged',
            roomId: ROOM,
            members: [member(BOB, { shares: [{ id: 'S9', startedTs: 1 }] })],
        });
        core.dispatch({ ...requestView(), restored: true } as Parameters<typeof core.dispatch>[0]);
        await settle();
        const page = media.opened[0];
        assert.equal(page?.pageId, 'V1');
        assert.deepEqual(media.sent.at(-1), {
            pageId: 'V1',
            generation: page.generation,
            message: { type: 'view.end', state: 'failed', detail: 'The media server cannot be reached.' },
        });
        assert.deepEqual([media.closed, notices], [[], []]);

        rtc.gates = {};
        media.messages.fire('V1', page.generation, { type: 'action', name: 'retry' });
        await settle();
        // Opened at once, then again for the one SFU that the token named.
        assert.deepEqual(
            media.opened.slice(1).map((p) => p.connectOrigins),
            [[], ['wss://sfu.hs', 'https://sfu.hs']],
        );
        media.messages.fire('V1', media.opened.at(-1)?.generation ?? 0, READY);
        await settle();
        assert.equal(core.state.viewerTabs.get('V1')?.phase, 'connecting');
    });

    it('a token for a tab that was closed meanwhile opens nothing and is not kept', async () => {
        const gate = Promise.withResolvers<void>();
        rtc.gates.viewerGrant = gate.promise;
        core.dispatch({
            type: 'rtcChanged',
            roomId: ROOM,
            members: [member(BOB, { shares: [{ id: 'S9', startedTs: 1 }] })],
        });
        core.dispatch(requestView());
        core.dispatch({ type: 'viewerTabCloseRequested', tabId: 'V1' });
        gate.resolve();
        await settle();
        assert.deepEqual(media.opened, []);
    });

    it('an authoriser that names several SFUs in turn does not make a tab open for ever', async () => {
        let asked = 0;
        rtc.viewerGrant = async () => ({ url: `wss://sfu${++asked % 2}.hs`, token: 'jwt-view' });
        await watchBob();
        core.dispatch({ type: 'viewerTabCloseRequested', tabId: 'V1' });
        core.dispatch(requestView('S9', 'V2'));
        for (let i = 0; i < 10; i++) await settle();
        assert.ok(asked <= 4, `${asked} tokens`);
    });

    it('a leave does not wait for a join that hangs, whose end then changes nothing', async () => {
        const gate = Promise.withResolvers<void>();
        rtc.gates.join = gate.promise;
        core.dispatch({
            type: 'rtcChanged',
            roomId: ROOM,
            members: [member(BOB, { shares: [{ id: 'S9', startedTs: 1 }] })],
        });
        core.dispatch(requestView());
        await settle();
        core.dispatch({ type: 'leaveRequested', roomId: ROOM });
        await core.settled();
        assert.deepEqual(
            rtc.calls.filter((c) => /^(?:join|leave)/u.test(c)),
            [`join ${ROOM}`, `leave ${ROOM}`, `leave ${ROOM} done`],
        );
        core.dispatch(requestView());
        gate.reject(new HushError('network.timeout', 'It takes too long.'));
        await settle();
        assert.ok(
            [...core.state.viewerTabs.values()].every((tab) => tab.phase !== 'ended'),
            'the old join ended the new tab',
        );
    });

    it('an error of a port becomes its sentence, and the share ends', async () => {
        rtc.gates.publishGrant = Promise.reject(new HushError('media.tokenRefused', 'It does not let you in.'));
        core.dispatch(requestShare());
        await settle();
        assert.deepEqual(notices, [
            { kind: 'shareFailed', failure: { code: 'media.tokenRefused', message: 'It does not let you in.' } },
        ]);
        assert.equal(core.state.share, undefined);
        assert.equal(media.opened.length, 0);
    });

    it('a lost membership ends what ran in that room', async () => {
        await share();
        rtc.lost.fire({ roomId: ROOM, error: new HushError('room.forbidden', 'You were removed.') });
        await settle();
        assert.equal(core.state.share, undefined);
        assert.ok(media.closed.includes('S1'));
    });

    it('neither the state nor the log ever holds a token or a key', async () => {
        rtc.keys = [key('@alice:hs:ADEV'), key('@bob:hs:BDEV')];
        await share();
        await watchBob();
        rtc.keyEvents.fire({ kind: 'key', key: key('@bob:hs:BDEV') });
        const everything =
            JSON.stringify(core.state, (_k, v: unknown) => (v instanceof Map || v instanceof Set ? [...v] : v)) +
            lines.join();
        assert.ok(!/jwt-publish|jwt-view|AAAAAAAA/u.test(everything));
    });

    it('listens to nothing once disposed', () => {
        core.dispose();
        assert.deepEqual(
            [rtc.keyEvents.size, rtc.watchEvents.size, rtc.lost.size, media.messages.size, media.closings.size],
            [0, 0, 0, 0, 0],
        );
    });

    it('a call of another client that its tab shows ends the tab when it is over', () => {
        const call = { callId: 'c', roomId: ROOM, ...BOB, callerName: 'Bob', roomName: 'Room' };
        core.dispatch({ type: 'callAccepted', tabId: 'V1', ...call });
        media.messages.fire('V1', 1, READY);
        assert.deepEqual(calls.asked, ['accept c']);
        // As it comes: with all that the page was named by.
        const page = { type: 'acceptCall', pageId: 'V1', generation: 1, callId: 'c' };
        calls.foreign.fire({ kind: 'over', ...page, ...BOB });
        assert.equal(core.state.viewerTabs.get('V1')?.phase, 'ended');
    });

    it('a direct share needs no token: viewers call through the calls port, and their connections end with the tab', async () => {
        const shares = [{ id: 'S9', startedTs: 5, transport: 'mesh' as const }];
        core.dispatch({ type: 'rtcChanged', roomId: ROOM, members: [member(BOB, { shares })] });
        core.dispatch(requestView());
        assert.deepEqual(
            media.opened.map((p) => p.connectOrigins),
            [[]],
            'its share may move to a media server that is not known yet',
        );
        media.messages.fire('V1', 1, READY);
        calls.pages.fire('V1', 1, { type: 'mesh.close', connection: 'c/S9' });
        assert.deepEqual(media.told('V1'), ['view.direct', 'sideChannel.open', 'mesh.close']);
        media.messages.fire('V1', 1, { type: 'mesh.state', connection: 'c/S9', state: 'connected', route: 'direct' });
        core.dispatch({ type: 'viewerTabCloseRequested', tabId: 'V1' });
        core.dispatch({ type: 'rtcChanged', roomId: ROOM, members: [] });
        core.dispatch({ type: 'roomGone', roomId: ROOM });
        assert.deepEqual(calls.asked, ['watch S9', 'mesh.state', 'release V1', `gone ${BOB.deviceId}`, `left ${ROOM}`]);
        assert.deepEqual(
            rtc.calls.filter((c) => c.includes('Grant')),
            [],
        );
    });
});
