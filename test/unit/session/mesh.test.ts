import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { transport } from './fixturesMove.ts';
import { noIceServersWords } from '../../../src/extension/share/noIceServersWords.ts';
import { BOB, member, READY, requestShare, requestView, ROOM, Run, STARTED, types } from './fixtures.ts';

const noServer = {
    type: 'grantFailed',
    pageId: 'S1',
    generation: 1,
    failure: { code: 'media.noServer', message: 'none' },
} as const;
const bobShares = (transport?: 'mesh') =>
    ({
        type: 'rtcChanged',
        roomId: ROOM,
        members: [member(BOB, { shares: [{ id: 'S9', startedTs: 5, ...(transport ? { transport } : {}) }] })],
    }) as const;

describe('a share without a media server', () => {
    it('goes directly where the room has none', () => {
        const run = new Run();
        run.do(requestShare({ transport: 'auto' }));
        assert.deepEqual(types(run.do(noServer)), ['openPage', 'wait']);
        run.page('S1', 1, READY);
        assert.deepEqual(types(run.page('S1', 1, STARTED)), ['join'], 'no media key: each connection has its own');
        assert.deepEqual(types(run.do({ type: 'joined', roomId: ROOM })), ['send share.direct', 'serveMesh']);
        assert.deepEqual(run.state.memberships.get(ROOM), [{ id: 'S1', startedTs: 1_000, transport: 'mesh' }]);
        assert.deepEqual(types(run.do({ type: 'shareStopRequested' })), [
            'send share.stop',
            'closePage',
            'releaseMesh',
            'leave',
        ]);
    });

    it('asks for no token where the person wants it direct', () => {
        const run = new Run();
        assert.deepEqual(types(run.do(requestShare({ transport: 'mesh' }))), ['askToShare']);
        assert.deepEqual(types(run.do({ type: 'grantReady', pageId: 'S1', generation: 1 })), ['openPage']);
    });

    it('says that another window shares before anybody picks a screen, though it needs no token', () => {
        const run = new Run();
        run.do(requestShare({ transport: 'mesh' }));
        const failure = { code: 'media.otherWindow', message: 'x' } as const;
        const effects = run.do({ type: 'grantFailed', pageId: 'S1', generation: 1, failure });
        assert.ok(effects.some((e) => e.type === 'notify' && e.notice.kind === 'shareFailed'));
        assert.ok(!types(run.effects).includes('openPage'));
        assert.equal(run.state.share, undefined);
    });

    it('says that no server for direct connections can be used, on either side', () => {
        const run = new Run();
        run.do(requestShare({ transport: 'mesh' }));
        run.do({ type: 'grantReady', pageId: 'S1', generation: 1 });
        run.do(bobShares('mesh'));
        run.do(requestView());
        for (const [pageId, relayOnly, sharing] of [
            ['S1', false, true],
            ['V1', true, false],
        ] as const) {
            const [effect] = run.page(pageId, 1, { type: 'servers.none', relayOnly });
            assert.deepEqual(effect, { type: 'notify', notice: { kind: 'noIceServers', sharing, relayOnly } });
        }
        const words = (sharing: boolean, relayOnly: boolean): string =>
            noIceServersWords({ kind: 'noIceServers', sharing, relayOnly });
        assert.match(words(true, false), /may not see your screen/u);
        assert.match(words(false, false), /may not arrive/u);
        assert.match(words(true, true), /hush\.mesh\.relayOnly/u);
    });

    it('fails where the person wants a media server and there is none', () => {
        const run = new Run();
        run.do(requestShare({ transport: 'livekit' }));
        assert.ok(types(run.do(noServer)).includes('notify'));
        assert.equal(run.state.share, undefined);
    });

    it('goes directly too when the media server does not work', () => {
        const run = new Run();
        run.do(requestShare({ transport: 'auto' }));
        run.do({ ...noServer, failure: { code: 'media.tokenRefused', message: 'no' } });
        assert.equal(transport(run), 'mesh');
    });

    it('does not go at all for what is wrong elsewhere', () => {
        const run = new Run();
        run.do(requestShare({ transport: 'auto' }));
        run.do({ ...noServer, failure: { code: 'media.otherWindow', message: 'no' } });
        assert.equal(run.state.share, undefined);
    });
});

describe('watching a direct share', () => {
    const watching = (): Run => {
        const run = new Run();
        run.do(bobShares('mesh'), requestView());
        return run;
    };

    it('opens the tab at once and asks the sharer’s device', () => {
        const run = new Run();
        run.do(bobShares('mesh'));
        assert.deepEqual(types(run.do(requestView())), ['openPage', 'join']);
        const effects = run.page('V1', 1, READY);
        assert.deepEqual(types(effects), ['send view.direct', 'watchMesh', 'wait', 'queryTrust', 'openSideChannel']);
    });

    it('ends its connection with the tab', () => {
        const run = watching();
        assert.deepEqual(types(run.do({ type: 'viewerTabCloseRequested', tabId: 'V1' })), [
            'releaseMesh',
            'closePage',
            'leave',
        ]);
    });

    it('says so when the sharer’s device does not answer, and tries again on request', () => {
        const run = watching();
        run.page('V1', 1, READY);
        assert.ok(types(run.do({ type: 'meshGaveUp', pageId: 'V1', generation: 1 })).includes('send view.end'));
        assert.equal(run.state.viewerTabs.get('V1')?.phase, 'failed');
        assert.deepEqual(types(run.page('V1', 1, { type: 'action', name: 'retry' })), [
            'releaseMesh',
            'openPage',
            'join',
        ]);
    });

    it('a share at a media server is watched there', () => {
        const run = new Run();
        run.do(bobShares());
        assert.deepEqual(types(run.do(requestView())), ['fetchViewerGrant', 'openPage', 'join']);
    });
});

describe('a call of another Matrix client', () => {
    const accepted = {
        type: 'callAccepted',
        tabId: 'V1',
        callId: 'c',
        roomId: ROOM,
        ...BOB,
        callerName: 'Bob',
        roomName: 'Room',
    } as const;

    it('opens a tab, takes the call there, and needs no membership', () => {
        const run = new Run();
        assert.deepEqual(types(run.do(accepted)), ['openPage']);
        assert.deepEqual(types(run.page('V1', 1, READY)), ['send view.direct', 'acceptCall', 'queryTrust']);
        run.do({ type: 'rtcChanged', roomId: ROOM, members: [] });
        assert.notEqual(run.state.viewerTabs.get('V1')?.phase, 'ended', 'nobody need be in the room’s session');
    });

    it('hangs up with its tab, and the tab says when the other side did', () => {
        const run = new Run();
        run.do(accepted);
        run.page('V1', 1, READY);
        assert.deepEqual(types(run.do({ type: 'callOver', pageId: 'V1', generation: 1, ...BOB })), [
            'send view.end',
            'send view.again',
            'releaseMesh',
        ]);
        assert.equal(run.state.viewerTabs.get('V1')?.again, 'never', 'who called has to call again');
        assert.deepEqual(types(run.do({ type: 'viewerTabCloseRequested', tabId: 'V1' })), ['releaseMesh', 'closePage']);
    });

    it('our direct share rings others’ clients, and counts who answers as a viewer', () => {
        const run = new Run();
        run.do(requestShare({ transport: 'mesh' }), { type: 'grantReady', pageId: 'S1', generation: 1 });
        run.page('S1', 1, READY);
        run.page('S1', 1, STARTED);
        run.do({ type: 'joined', roomId: ROOM });
        run.page('S1', 1, { type: 'share.published', transport: 'mesh' });
        const ring = { type: 'callRequested', userId: BOB.userId, name: 'Bob' } as const;
        assert.deepEqual(types(run.do(ring)), ['callPerson']);
        assert.deepEqual(run.do(ring), [], 'once');
        assert.deepEqual(
            types(
                run.do({ type: 'callAnswered', pageId: 'S1', generation: 1, userId: BOB.userId, deviceId: 'ELEMENT' }),
            ),
            ['send share.viewers'],
        );
        assert.deepEqual(
            types(run.do({ type: 'callOver', pageId: 'S1', generation: 1, userId: BOB.userId, deviceId: 'ELEMENT' })),
            ['send share.viewers'],
        );
        run.do(ring);
        assert.deepEqual(
            types(run.do({ type: 'callOver', pageId: 'S1', generation: 1, userId: BOB.userId, deviceId: '' })),
            ['notify'],
        );
        run.do(ring);
        run.do({ type: 'callOver', pageId: 'S1', generation: 1, userId: '', deviceId: '' });
        assert.equal(run.state.share?.called.size, 0, 'all ended with the window that ran them');
        assert.deepEqual(types(run.do(ring)), ['callPerson'], 'and can be called again');
    });
});
