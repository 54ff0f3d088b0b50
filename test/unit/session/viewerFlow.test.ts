import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { BOB, liveView, member, READY, requestView, ROOM, Run, types } from './fixtures.ts';

const bobShares = (...ids: string[]) =>
    ({
        type: 'rtcChanged',
        roomId: ROOM,
        members: [member(BOB, { shares: ids.map((id) => ({ id, startedTs: 5 })) })],
    }) as const;

describe('watching', () => {
    it('joins the session, opens a tab and connects to the sharer at the sharer’s SFU', () => {
        const run = new Run();
        run.do(bobShares('S9'));
        const asked = run.do(requestView());
        assert.deepEqual(types(asked), ['fetchViewerGrant', 'openPage', 'join']);
        assert.equal(asked[0]?.type === 'fetchViewerGrant' && asked[0].serviceUrl, 'https://sfu.hs/jwt');
        assert.deepEqual(types(run.do({ type: 'grantReady', pageId: 'V1', generation: 1 })), []);
        const connected = run.page('V1', 1, READY);
        assert.deepEqual(types(connected), ['connectViewerTab', 'queryTrust', 'openSideChannel']);
        assert.equal(connected[0]?.type === 'connectViewerTab' && connected[0].identity, '@bob:hs:BDEV');
    });

    it('connects when token and page are there, whichever comes last', () => {
        const run = new Run();
        run.do(bobShares('S9'), requestView());
        assert.deepEqual(types(run.page('V1', 1, READY)), ['openSideChannel']);
        assert.deepEqual(types(run.do({ type: 'grantReady', pageId: 'V1', generation: 1 })), [
            'connectViewerTab',
            'queryTrust',
        ]);
    });

    it('a page that loads again gets a token of its own', () => {
        const run = liveView();
        const effects = run.page('V1', 1, READY);
        assert.deepEqual(types(effects), ['fetchViewerGrant', 'openPage']);
        assert.equal(run.state.viewerTabs.get('V1')?.generation, 2);
    });

    it('tells the sharer once, when the picture is live', () => {
        const run = liveView();
        assert.equal(run.effects.filter((e) => e.type === 'sendWatch').length, 1);
        run.page('V1', 1, { type: 'view.state', state: 'frozen', detail: '' });
        run.page('V1', 1, { type: 'view.state', state: 'live', detail: '' });
        assert.equal(run.effects.filter((e) => e.type === 'sendWatch').length, 1);
    });

    it('ends when the sharer is gone but still announced, as after a crash, and says so', () => {
        const run = liveView();
        const gone = run.page('V1', 1, { type: 'view.state', state: 'notSharing', detail: '' });
        const [wait] = gone;
        assert.ok(wait?.type === 'wait' && wait.ms >= 30_000, 'longer than a delayed leave takes');
        const ended = run.do({ type: 'waited', pageId: 'V1', wait: wait.wait });
        assert.deepEqual(types(ended), ['send view.end', 'sendWatch', 'leave']);
        assert.equal(run.state.viewerTabs.get('V1')?.phase, 'ended');
        assert.match(run.state.viewerTabs.get('V1')?.detail ?? '', /without a word/u);
        assert.ok(run.state.silent.has('S9'), 'the tree says that there is no picture');
        run.do(bobShares());
        assert.equal(run.state.silent.size, 0);
    });

    it('goes on when the sharer’s screen is back in time, or the share has ended properly', () => {
        const run = liveView();
        const [wait] = run.page('V1', 1, { type: 'view.state', state: 'notSharing', detail: '' });
        assert.ok(wait?.type === 'wait');
        run.page('V1', 1, { type: 'view.state', state: 'live', detail: '' });
        assert.deepEqual(run.do({ type: 'waited', pageId: 'V1', wait: wait.wait }), []);
        assert.equal(run.state.viewerTabs.get('V1')?.phase, 'live');
        run.do(bobShares());
        assert.deepEqual(run.do({ type: 'waited', pageId: 'V1', wait: wait.wait }), []);
    });

    it('a share without a picture is shown as live again when its picture comes back', () => {
        const run = liveView();
        const [wait] = run.page('V1', 1, { type: 'view.state', state: 'notSharing', detail: '' });
        if (wait?.type === 'wait') run.do({ type: 'waited', pageId: 'V1', wait: wait.wait });
        run.do(requestView(), { type: 'grantReady', pageId: 'V1', generation: 2 });
        run.page('V1', 2, READY);
        run.page('V1', 2, { type: 'view.state', state: 'live', detail: '' });
        assert.equal(run.state.silent.size, 0);
    });

    it('tells how far the sharer is trusted now, not when the tab was opened', () => {
        const run = liveView();
        assert.deepEqual(types(run.do({ type: 'trustChanged', userId: BOB.userId })), ['queryTrust']);
        assert.deepEqual(types(run.do({ type: 'trustChanged', userId: undefined })), ['queryTrust']);
        assert.deepEqual(types(run.do({ type: 'trustChanged', userId: '@carol:hs' })), []);
        const told = run.do({ type: 'trust', tabId: 'V1', trust: 'verified', deviceName: 'Laptop' });
        assert.deepEqual(types(told), ['send view.sharer']);
    });

    it('a second click brings the tab to the front', () => {
        const run = liveView();
        assert.deepEqual(types(run.do(requestView('S9', 'V2'))), ['revealPage']);
        assert.equal(run.state.viewerTabs.size, 1);
    });

    it('two shares make two tabs in one membership', () => {
        const run = liveView();
        run.do(bobShares('S9', 'S10'));
        assert.deepEqual(types(run.do(requestView('S10', 'V2'))), ['fetchViewerGrant', 'openPage']);
        assert.equal(run.state.viewerTabs.size, 2);
    });

    for (const [name, event] of [
        ['the sharer stops', bobShares()],
        ['the sharer leaves', { type: 'rtcChanged', roomId: ROOM, members: [] }],
    ] as const) {
        it(`the tab stays and says that the share is over when ${name}`, () => {
            const run = liveView();
            const effects = run.do(event);
            assert.deepEqual(types(effects), ['send view.end', 'send view.again', 'sendWatch', 'leave']);
            assert.equal(run.state.viewerTabs.get('V1')?.phase, 'ended');
        });
    }

    it('retry after the end shows the sharer’s new share in the same tab', () => {
        const run = liveView();
        run.do(bobShares(), bobShares('S10'));
        const effects = run.page('V1', 1, { type: 'action', name: 'retry' });
        assert.deepEqual(types(effects), ['fetchViewerGrant', 'openPage', 'join']);
        assert.equal(run.state.viewerTabs.get('V1')?.target.shareId, 'S10');
        assert.equal(run.state.viewerTabs.get('V1')?.generation, 2);
    });

    it('a tab restored after its share ended says so', () => {
        const run = new Run();
        run.do(requestView(), { type: 'grantReady', pageId: 'V1', generation: 1 });
        assert.ok(types(run.page('V1', 1, READY)).includes('send view.end'));
        assert.equal(run.state.memberships.size, 0);
    });

    it('a token that is refused before there is a tab is told as a notification and leaves the session', () => {
        const run = new Run();
        run.do(bobShares('S9'), requestView());
        const failure = { code: 'media.tokenRefused', message: 'refused' } as const;
        const effects = run.do({ type: 'grantFailed', pageId: 'V1', generation: 1, failure });
        assert.ok(effects.some((e) => e.type === 'notify' && e.notice.kind === 'viewerTabFailed'));
        assert.ok(types(effects).includes('leave'));
        assert.equal(run.state.viewerTabs.size, 0);
    });

    it('closing the tab tells the sharer and leaves', () => {
        const run = liveView();
        const effects = run.do({ type: 'pageClosed', pageId: 'V1', generation: 1, reason: '' });
        assert.deepEqual(types(effects), ['sendWatch', 'closePage', 'leave']);
    });

    it('without a target device shows the first screen of the room', () => {
        const run = new Run();
        run.do(
            {
                type: 'viewerTabRequested',
                tabId: 'V1',
                target: { roomId: ROOM, userId: undefined, deviceId: undefined, shareId: undefined },
                sharerName: 'Room',
                roomName: 'Room',
            },
            { type: 'grantReady', pageId: 'V1', generation: 1 },
        );
        const [connect] = run.page('V1', 1, READY);
        assert.equal(connect?.type === 'connectViewerTab' && connect.identity, null);
    });
});
