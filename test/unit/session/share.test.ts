import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { viewersOf } from '../../../src/core/session/sessionMembers.ts';
import { ALICE, BOB, liveShare, liveView, member, READY, requestShare, ROOM, Run, STARTED, types } from './fixtures.ts';

const CAROL = { userId: '@carol:hs', deviceId: 'CDEV' };

describe('sharing', () => {
    it('asks for a media token before anybody picks a screen', () => {
        const run = new Run();
        assert.deepEqual(types(run.do(requestShare())), ['fetchPublishGrant']);
        assert.deepEqual(types(run.do({ type: 'grantReady', pageId: 'S1', generation: 1 })), ['openPage']);
        assert.deepEqual(types(run.page('S1', 1, READY)), ['send share.capture', 'preparePublish', 'openSideChannel']);
    });

    it('tells a page that has just opened who was there before it', () => {
        const run = new Run();
        run.do({
            type: 'rtcChanged',
            roomId: ROOM,
            members: [member(ALICE), member(BOB), member(CAROL, { client: 'other' })],
        });
        run.do(requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 });
        const told = run.page('S1', 1, READY).find((e) => e.type === 'send' && e.message.type === 'share.viewers');
        assert.ok(told?.type === 'send' && told.message.type === 'share.viewers');
        assert.deepEqual(
            told.message.viewers.map(({ userId }) => userId),
            [CAROL.userId],
        );
    });

    it('joins the session only once a screen was picked', () => {
        const run = new Run();
        run.do(requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 });
        run.page('S1', 1, READY);
        assert.equal(run.state.memberships.size, 0);
        assert.deepEqual(types(run.page('S1', 1, STARTED)), ['startKeys', 'join']);
        assert.deepEqual(run.state.memberships.get(ROOM), [{ id: 'S1', startedTs: 1_000 }]);
    });

    for (const order of [
        ['joined', 'keysReady'],
        ['keysReady', 'joined'],
    ] as const) {
        it(`publishes only after the key is sent and the membership stands (${order.join(', ')})`, () => {
            const run = new Run();
            run.do(requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 });
            run.page('S1', 1, READY);
            run.page('S1', 1, STARTED);
            assert.deepEqual(types(run.do({ type: order[0], roomId: ROOM })), []);
            assert.deepEqual(types(run.do({ type: order[1], roomId: ROOM })), ['publish']);
        });
    }

    for (const transport of ['livekit', 'mesh'] as const) {
        it(`publishes in a room where a tab watches already (${transport})`, () => {
            const run = liveView();
            run.do(requestShare({ transport }), { type: 'grantReady', pageId: 'S1', generation: 1 });
            run.page('S1', 1, READY);
            assert.ok(types(run.page('S1', 1, STARTED)).includes('announce'), 'the tab has joined');
            if (transport === 'livekit') run.do({ type: 'keysReady', roomId: ROOM });
            const publish = transport === 'livekit' ? ['publish'] : ['send share.direct', 'serveMesh'];
            assert.deepEqual(types(run.do({ type: 'announced', roomId: ROOM })), publish);
        });
    }

    it('ends when it cannot be announced, says why, and leaves the viewer tabs of its room open', () => {
        const run = liveView();
        run.do(requestShare({ transport: 'mesh' }), { type: 'grantReady', pageId: 'S1', generation: 1 });
        run.page('S1', 1, READY);
        run.page('S1', 1, STARTED);
        const failure = { code: 'media.otherWindow', message: 'x' } as const;
        const effects = run.do({ type: 'announceFailed', roomId: ROOM, failure });
        assert.ok(effects.some((e) => e.type === 'notify' && e.notice.kind === 'shareFailed'));
        assert.equal(run.state.share, undefined);
        assert.equal(run.state.viewerTabs.get('V1')?.phase, 'live');
        assert.deepEqual(run.state.memberships.get(ROOM), [], 'and stays in the session');
    });

    it('is not ended by what a share before it could not say', () => {
        const run = liveView();
        run.do(requestShare({ transport: 'mesh' }), { type: 'grantReady', pageId: 'S1', generation: 1 });
        run.do({ type: 'announceFailed', roomId: ROOM, failure: { code: 'network.timeout', message: 'x' } });
        assert.equal(run.state.share?.id, 'S1');
    });

    it('moves to the browser where the webview may not capture', () => {
        const run = new Run();
        run.do(requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 });
        const effects = run.page('S1', 1, { ...READY, displayCapture: false });
        assert.deepEqual(types(effects), ['closePage', 'openPage']);
        assert.equal(run.state.share?.location, 'browser');
        assert.equal(run.state.share?.generation, 2);
        // What the old page still says is about nothing.
        assert.deepEqual(run.page('S1', 1, STARTED), []);
    });

    it('does not end a share when its old webview closes after the move', () => {
        const run = new Run();
        run.do(requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 });
        run.page('S1', 1, { ...READY, displayCapture: false });
        run.do({ type: 'pageClosed', pageId: 'S1', generation: 1, reason: '' });
        assert.equal(run.state.share?.phase, 'choosing');
    });

    it('ends when its page loads again: the capture is gone with the old one', () => {
        const run = liveShare();
        assert.ok(types(run.page('S1', 1, READY)).includes('closePage'));
        assert.equal(run.state.share, undefined);
    });

    it('keeps the page when the person cancels the picker, so that they can try again', () => {
        const run = new Run();
        run.do(requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 });
        assert.deepEqual(run.page('S1', 1, { type: 'capture.failed', reason: 'denied', detail: '' }), []);
        assert.equal(run.state.share?.phase, 'choosing');
    });

    it('a second click shows the running share instead of starting another', () => {
        const run = liveShare();
        assert.deepEqual(types(run.do(requestShare({ shareId: 'S2' }))), ['revealPage', 'notify']);
        assert.equal(run.state.share?.id, 'S1');
    });

    for (const [name, event] of [
        ['the stop command', { type: 'shareStopRequested' }],
        ['the end of the capture', { type: 'page', pageId: 'S1', generation: 1, message: { type: 'capture.ended' } }],
        ['closing the page', { type: 'pageClosed', pageId: 'S1', generation: 1, reason: 'closed' }],
        ['leaving the session', { type: 'leaveRequested', roomId: ROOM }],
        ['losing the room', { type: 'roomGone', roomId: ROOM }],
        ['signing out', { type: 'signedOut' }],
    ] as const) {
        it(`${name} stops the page, forgets the key and leaves the session`, () => {
            const run = liveShare();
            const done = types(run.do(event));
            for (const effect of ['send share.stop', 'closePage', 'stopKeys', 'leave']) {
                assert.ok(done.includes(effect), `${effect} missing from ${done.join()}`);
            }
            assert.equal(run.state.share, undefined);
            assert.equal(run.state.memberships.size, 0);
        });
    }

    it('says why a share that was still being chosen is over: its page could not be opened', () => {
        const run = new Run();
        run.do(requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 });
        const effects = run.do({ type: 'pageClosed', pageId: 'S1', generation: 1, reason: 'It could not be opened.' });
        assert.deepEqual(effects.at(-1), {
            type: 'notify',
            notice: { kind: 'shareEnded', reason: 'It could not be opened.' },
        });
        assert.equal(run.state.share, undefined);
    });

    it('a failed membership ends the share with the reason and leaves nothing', () => {
        const run = new Run();
        run.do(requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 });
        run.page('S1', 1, READY);
        run.page('S1', 1, STARTED);
        const effects = run.do({
            type: 'joinFailed',
            roomId: ROOM,
            failure: { code: 'room.mayNotCall', message: 'no' },
        });
        assert.ok(
            effects.some(
                (e) => e.type === 'notify' && e.notice.kind === 'shareFailed' && e.notice.failure.message === 'no',
            ),
        );
        assert.ok(types(effects).includes('leave'));
    });

    it('holds the picture while a changed key cannot be delivered, and goes on after', () => {
        const run = liveShare();
        const held = run.do({ type: 'keyDelivery', roomId: ROOM, failed: true, message: 'no network' });
        assert.deepEqual(types(held), ['send share.hold', 'notify']);
        assert.deepEqual(run.do({ type: 'keyDelivery', roomId: ROOM, failed: true, message: 'again' }), []);
        const released = run.do({ type: 'keyDelivery', roomId: ROOM, failed: false, message: '' });
        assert.deepEqual(released, [
            { type: 'send', pageId: 'S1', generation: 1, message: { type: 'share.hold', held: false } },
        ]);
    });

    it('counts who said they watch and is in the session, and everybody on another client', () => {
        const run = liveShare();
        const watch = { type: 'watch', roomId: ROOM, shareId: 'S1', watching: true } as const;
        run.do({ ...watch, ...BOB });
        assert.deepEqual(viewersOf(run.state, run.state.share!), []);
        const effects = run.do({
            type: 'rtcChanged',
            roomId: ROOM,
            members: [member(ALICE), member(BOB), member(CAROL, { client: 'other' })],
        });
        assert.deepEqual(
            viewersOf(run.state, run.state.share!).map((v) => v.userId),
            [BOB.userId, CAROL.userId],
        );
        assert.deepEqual(types(effects), ['send share.viewers']);
        run.do({ ...watch, ...BOB, watching: false });
        assert.deepEqual(
            viewersOf(run.state, run.state.share!).map((v) => v.userId),
            [CAROL.userId],
        );
    });

    it('ignores a watch message about another share', () => {
        const run = liveShare();
        run.do({ type: 'watch', roomId: ROOM, shareId: 'S0', watching: true, ...BOB });
        assert.equal(run.state.share?.viewers.size, 0);
    });
});
