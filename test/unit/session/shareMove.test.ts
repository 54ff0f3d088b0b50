import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ANNOUNCE_AGAIN_MS, CALM_MS, HANDOVER_MS, RETRY_MS } from '../../../src/core/session/topology.ts';
import type { Failure } from '../../../src/core/session/state.ts';
import type { Effect } from '../../../src/core/session/state.ts';
import { member, READY, requestShare, ROOM, STARTED, types, Run } from './fixtures.ts';
import {
    atServer,
    calmWait,
    granted,
    liveDirect,
    members,
    move,
    NO_SERVER,
    settling,
    transport,
    VIEWERS,
    watch,
} from './fixturesMove.ts';

const other = member({ userId: '@ec:hs', deviceId: 'E' }, { client: 'other' });
const announcedAs = (run: Run) => run.state.memberships.get(ROOM)?.[0]?.transport ?? 'livekit';
const waitOf = (effects: readonly Effect[], ms: number): number => {
    const found = effects.find((e) => e.type === 'wait' && e.ms === ms);
    assert.ok(found?.type === 'wait', `no wait of ${ms} ms in ${types(effects).join()}`);
    return found.wait;
};
const waited = (run: Run, wait: number) => run.do({ type: 'waited', pageId: 'S1', wait });
const notices = (effects: readonly Effect[]) =>
    effects.flatMap((e) => (e.type === 'notify' && e.notice.kind === 'serverMissed' ? [e.notice] : []));

describe('a share in a room with a media server', () => {
    it('begins directly, and keeps no token for what it does not use', () => {
        const run = new Run();
        run.do(requestShare({ transport: 'auto' }));
        assert.deepEqual(types(run.do(granted)), ['openPage', 'forgetGrant']);
        assert.equal(transport(run), 'mesh');
    });

    it('begins at the server when somebody is there with another client', () => {
        const run = new Run();
        run.do({ type: 'rtcChanged', roomId: ROOM, members: [other] });
        run.do(requestShare({ transport: 'auto' }), granted);
        assert.equal(transport(run), 'livekit');
    });
});

describe('a share on its way to the media server', () => {
    it('makes before it breaks: token, key, publication, announcement, and the direct way ends last', () => {
        const run = liveDirect();
        for (const i of [1, 2, 3, 4]) assert.deepEqual(types(watch(run, i)), ['send share.viewers']);
        assert.deepEqual(types(watch(run, 5)), ['log', 'fetchPublishGrant', 'send share.viewers']);
        assert.deepEqual(types(run.do(granted)), ['preparePublish', 'startKeys']);
        assert.deepEqual(types(run.do({ type: 'keysReady', roomId: ROOM })), ['publish']);
        assert.equal(announcedAs(run), 'mesh', 'nobody is sent where nothing is yet');
        assert.deepEqual(types(run.page('S1', 1, { type: 'share.published', transport: 'livekit' })), ['announce']);
        assert.equal(announcedAs(run), 'livekit');
        assert.deepEqual(types(run.do({ type: 'announced', roomId: ROOM })), ['wait']);
        for (const i of [1, 2, 3, 4]) assert.deepEqual(watch(run, i, 'livekit'), []);
        assert.deepEqual(types(watch(run, 5, 'livekit')), ['retireMesh']);
        assert.deepEqual([run.state.share?.route, move(run)], ['sfu', undefined]);
    });

    it('closes the direct way after a bounded time though somebody has not moved', () => {
        const run = settling();
        const wait = waitOf(run.effects, HANDOVER_MS);
        assert.deepEqual(types(waited(run, wait - 1)), [], 'another wait is none of its business');
        assert.deepEqual(types(waited(run, wait)), ['retireMesh']);
    });

    it('does not wait for who has left', () => {
        const run = settling();
        for (const i of [1, 2, 3, 4]) watch(run, i, 'livekit');
        const effects = run.do({
            type: 'rtcChanged',
            roomId: ROOM,
            members: VIEWERS.slice(0, 4).map((v) => member(v)),
        });
        assert.ok(types(effects).includes('retireMesh'));
    });

    for (const [what, fail] of [
        ['no token', (run: Run) => run.do({ ...granted, type: 'grantFailed', failure: NO_SERVER })],
        ['no key', (run: Run) => run.do(granted, { type: 'keysFailed', roomId: ROOM, failure: NO_SERVER })],
        [
            'a key that reaches nobody',
            (run: Run) => run.do(granted, { type: 'keyDelivery', roomId: ROOM, failed: true, message: 'x' }),
        ],
        [
            'no connection',
            (run: Run) => {
                run.do(granted, { type: 'keysReady', roomId: ROOM });
                return run.page('S1', 1, { type: 'share.serverLost', detail: 'x' });
            },
        ],
        [
            'no announcement',
            (run: Run) => {
                run.do(granted, { type: 'keysReady', roomId: ROOM });
                run.page('S1', 1, { type: 'share.published', transport: 'livekit' });
                return run.do({ type: 'announceFailed', roomId: ROOM, failure: NO_SERVER });
            },
        ],
    ] as const) {
        it(`goes on directly with ${what}, says so once, and tries again later`, () => {
            const run = liveDirect();
            for (const i of [1, 2, 3, 4, 5]) watch(run, i);
            const effects = fail(run);
            assert.deepEqual(
                ['send share.unpublish', 'stopKeys', 'forgetGrant'].filter((t) => !types(effects).includes(t)),
                [],
            );
            assert.equal(notices(effects).length, 1);
            assert.deepEqual([run.state.share?.phase, transport(run)], ['live', 'mesh']);
            assert.equal(announcedAs(run), 'mesh');
            const again = waited(run, waitOf(effects, RETRY_MS));
            assert.ok(types(again).includes('fetchPublishGrant'));
            assert.deepEqual(notices(run.do({ ...granted, type: 'grantFailed', failure: NO_SERVER })), []);
        });
    }

    it('keeps a call with another Matrix client on the direct way', () => {
        const run = liveDirect();
        run.do({ type: 'callRequested', userId: '@eve:hs', name: 'Eve' });
        run.do({ type: 'callAnswered', pageId: 'S1', generation: 1, userId: '@eve:hs', deviceId: 'ELEMENT' });
        for (const i of [1, 2, 3, 4]) watch(run, i);
        run.do(granted, { type: 'keysReady', roomId: ROOM });
        run.page('S1', 1, { type: 'share.published', transport: 'livekit' });
        run.do({ type: 'announced', roomId: ROOM });
        const effects = [1, 2, 3, 4].flatMap((i) => watch(run, i, 'livekit'));
        assert.ok(types(effects).includes('retireMesh'), 'which spares it');
        const end = types(run.do({ type: 'shareStopRequested' }));
        assert.deepEqual([end.includes('releaseMesh'), end.includes('stopKeys')], [true, true]);
    });

    it('ends in the middle with both ways', () => {
        const end = types(settling().do({ type: 'shareStopRequested' }));
        assert.deepEqual([end.includes('releaseMesh'), end.includes('stopKeys')], [true, true]);
    });
});

describe('a share on its way back', () => {
    const three = (): { run: Run; calm: number } => {
        const run = atServer();
        watch(run, 5, undefined, false);
        assert.equal(calmWait(run), undefined, 'four are too many to come back');
        return { run, calm: waitOf(watch(run, 4, undefined, false), CALM_MS) };
    };

    it('waits until three or fewer have watched for a while, and a fourth in between starts the wait anew', () => {
        const { run, calm } = three();
        watch(run, 4, 'livekit');
        assert.deepEqual(types(waited(run, calm)), []);
        const again = waitOf(watch(run, 4, undefined, false), CALM_MS);
        assert.deepEqual(types(waited(run, again)), ['log', 'send share.direct', 'serveMesh']);
    });

    it('leaves the server when all have moved', () => {
        const { run, calm } = three();
        waited(run, calm);
        assert.deepEqual(types(run.page('S1', 1, { type: 'share.published', transport: 'mesh' })), ['announce']);
        run.do({ type: 'announced', roomId: ROOM });
        run.page('S1', 1, { type: 'mesh.state', connection: 'c/S1', state: 'connected', route: 'relayed' });
        assert.deepEqual(
            [1, 2].flatMap((i) => watch(run, i, 'mesh')),
            [],
        );
        assert.deepEqual(types(watch(run, 3, 'mesh')), ['send share.unpublish', 'stopKeys', 'forgetGrant']);
        assert.equal(run.state.share?.route, 'relayed');
    });

    it('turns round while the server still carries the picture when a viewer cannot be reached directly', () => {
        const { run, calm } = three();
        waited(run, calm);
        run.page('S1', 1, { type: 'share.published', transport: 'mesh' });
        run.do({ type: 'announced', roomId: ROOM });
        watch(run, 1, 'mesh');
        assert.deepEqual(types(watch(run, 2, 'unreached')), ['announce']);
        assert.equal(announcedAs(run), 'livekit');
        run.do({ type: 'announced', roomId: ROOM });
        const effects = watch(run, 1, 'livekit');
        assert.deepEqual(types(effects), ['retireMesh'], 'the others never left');
        assert.ok(!types(run.effects).includes('send share.unpublish'));
        assert.equal(calmWait(run), undefined, 'and stays');
    });

    it('goes directly at once when the server is lost', () => {
        const run = atServer();
        const effects = types(run.page('S1', 1, { type: 'share.serverLost', detail: 'gone' }));
        assert.deepEqual(effects, ['log', 'send share.direct', 'serveMesh', 'wait']);
    });
});

describe('a share whose media server is gone', () => {
    const TIMEOUT: Failure = { code: 'network.timeout', message: 'x' };
    const announceFailed = (run: Run, failure = TIMEOUT) => run.do({ type: 'announceFailed', roomId: ROOM, failure });
    const lost = (run: Run) => run.page('S1', 1, { type: 'share.serverLost', detail: 'gone' });
    const leaving = (): { run: Run; retry: number } => {
        const run = atServer();
        const retry = waitOf(lost(run), RETRY_MS);
        run.page('S1', 1, { type: 'share.published', transport: 'mesh' });
        return { run, retry };
    };

    it('keeps the direct way though viewers could not be told, and tells them again until it works', () => {
        const { run } = leaving();
        for (const again of ['once', 'twice']) {
            const effects = announceFailed(run);
            assert.deepEqual(types(effects), ['wait'], again);
            assert.deepEqual(types(waited(run, waitOf(effects, ANNOUNCE_AGAIN_MS))), ['announce']);
            assert.equal(announcedAs(run), 'mesh');
        }
        run.do({ type: 'announced', roomId: ROOM });
        const effects = [1, 2, 3, 4, 5].flatMap((i) => watch(run, i, 'mesh'));
        assert.ok(types(effects).includes('send share.unpublish'));
        assert.equal(types(run.effects).filter((t) => t === 'retireMesh').length, 1, 'that of the move to the server');
    });

    it('ends, and says why, when viewers can never be told', () => {
        const { run } = leaving();
        const effects = announceFailed(run, { code: 'room.forbidden', message: 'You may not.' });
        assert.ok(effects.some((e) => e.type === 'notify' && e.notice.kind === 'shareFailed'));
        assert.equal(run.state.share, undefined);
    });

    it('does not turn back to it, though it is time to try it again, before the move is finished', () => {
        const { run, retry } = leaving();
        assert.deepEqual(types(waited(run, retry)), ['wait']);
        watch(run, 1, 'unreached');
        assert.equal(announcedAs(run), 'mesh');
    });

    it('does not turn back to it when it was lost in the middle of a move away from it', () => {
        const run = atServer();
        watch(run, 5, undefined, false);
        waited(run, waitOf(watch(run, 4, undefined, false), CALM_MS));
        run.page('S1', 1, { type: 'share.published', transport: 'mesh' });
        run.do({ type: 'announced', roomId: ROOM });
        assert.deepEqual(types(lost(run)), ['wait']);
        watch(run, 1, 'mesh');
        watch(run, 2, 'unreached');
        assert.equal(announcedAs(run), 'mesh');
    });

    it('goes on directly when the network that took it takes the way back to the room too', () => {
        const run = settling();
        lost(run);
        assert.equal(announcedAs(run), 'mesh');
        const effects = announceFailed(run);
        assert.deepEqual(types(effects), ['wait']);
        assert.equal(run.state.share?.phase, 'live');
        assert.deepEqual(types(waited(run, waitOf(effects, ANNOUNCE_AGAIN_MS))), ['announce']);
        assert.ok(!types(run.do({ type: 'announced', roomId: ROOM })).includes('announce'), 'once');
    });

    it('keeps the direct way when it is lost after viewers were to be told of it', () => {
        const run = atServer();
        watch(run, 5, undefined, false);
        waited(run, waitOf(watch(run, 4, undefined, false), CALM_MS));
        run.page('S1', 1, { type: 'share.published', transport: 'mesh' });
        lost(run);
        assert.deepEqual(types(announceFailed(run)), ['wait']);
        assert.deepEqual([transport(run), run.state.share?.phase], ['mesh', 'live']);
    });
});

describe('a direct share that would need a media server', () => {
    it('says why it has none: the room’s, or the person’s own wish', () => {
        const wished = liveDirect('mesh');
        const five = [1, 2, 3, 4, 5].flatMap((i) => watch(wished, i));
        assert.deepEqual(notices(five), [{ kind: 'serverMissed', need: 'viewers', viewers: 5, why: 'setting' }]);
        assert.deepEqual(notices([...watch(wished, 5, undefined, false), ...watch(wished, 5)]), [], 'once');
        assert.ok(!types(wished.effects).includes('fetchPublishGrant'));
    });

    it('says nothing about people who do not watch here', () => {
        const run = liveDirect('mesh');
        assert.deepEqual(notices(members(run, other)), []);
    });

    it('says when the media server that another client needs does not work', () => {
        const run = new Run();
        run.do(requestShare({ transport: 'auto' }));
        run.do({ ...granted, type: 'grantFailed', failure: { code: 'media.tokenRefused', message: 'x' } });
        run.page('S1', 1, READY);
        run.page('S1', 1, STARTED);
        run.do({ type: 'joined', roomId: ROOM });
        run.page('S1', 1, { type: 'share.published', transport: 'mesh' });
        assert.deepEqual(
            notices(members(run, other)).map(({ need, why }) => [need, why]),
            [['others', 'failed']],
        );
    });

    it('moves when its upload suffers, and does not come back with as many', () => {
        const run = liveDirect();
        for (const i of [1, 2, 3]) watch(run, i);
        const effects = run.page('S1', 1, { type: 'share.uplink', viewers: 3 });
        assert.ok(types(effects).includes('fetchPublishGrant'));
        run.do(granted, { type: 'keysReady', roomId: ROOM });
        run.page('S1', 1, { type: 'share.published', transport: 'livekit' });
        run.do({ type: 'announced', roomId: ROOM });
        for (const i of [1, 2, 3]) watch(run, i, 'livekit');
        assert.equal(calmWait(run), undefined);
        watch(run, 3, undefined, false);
        assert.notEqual(calmWait(run), undefined);
    });
});
