import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { DIRECT_WITHIN_MS } from '../../../src/core/session/topology.ts';
import type { Effect } from '../../../src/core/session/state.ts';
import { BOB, liveView, member, READY, requestView, ROOM, Run, types } from './fixtures.ts';

const bob = (run: Run, transport?: 'mesh'): Effect[] =>
    run.do({
        type: 'rtcChanged',
        roomId: ROOM,
        members: [member(BOB, { shares: [{ id: 'S9', startedTs: 5, ...(transport ? { transport } : {}) }] })],
    });
const view = (run: Run) => run.state.viewerTabs.get('V1');
const granted = { type: 'grantReady', pageId: 'V1', generation: 1 } as const;
const moved = (run: Run, transport: 'mesh' | 'livekit', ok = true) =>
    run.page('V1', 1, { type: 'view.moved', transport, ok });
const vias = (effects: readonly Effect[]) => effects.flatMap((e) => (e.type === 'sendWatch' ? [e.via] : []));
const connecting = (): Run => {
    const run = new Run();
    bob(run, 'mesh');
    run.do(requestView());
    run.page('V1', 1, READY);
    return run;
};
const liveDirectly = (): Run => {
    const run = connecting();
    run.page('V1', 1, { type: 'view.state', state: 'live', detail: '' });
    return run;
};

describe('a tab whose share moves', () => {
    it('to the media server: connects beside what it shows, and ends the direct way when the picture has come', () => {
        const run = liveDirectly();
        assert.deepEqual(types(bob(run)), ['fetchViewerGrant']);
        const [connect] = run.do(granted);
        assert.ok(connect?.type === 'connectViewerTab' && connect.handover);
        assert.equal(view(run)?.transport, 'mesh', 'until then it is what it was');
        const effects = moved(run, 'livekit');
        assert.deepEqual(types(effects), ['releaseMesh', 'sendWatch']);
        assert.deepEqual(vias(effects), ['livekit'], 'the sharer is told');
        assert.deepEqual([view(run)?.transport, view(run)?.route], ['livekit', 'sfu']);
    });

    it('to the direct way: asks the sharer’s device beside what it shows', () => {
        const run = liveView();
        const effects = bob(run, 'mesh');
        assert.deepEqual(types(effects), ['send view.direct', 'watchMesh', 'wait']);
        const [direct] = effects;
        assert.ok(direct?.type === 'send' && direct.message.type === 'view.direct' && direct.message.handover);
        run.page('V1', 1, { type: 'mesh.state', connection: 'c/S9', state: 'connected', route: 'direct' });
        const after = moved(run, 'mesh');
        assert.deepEqual([types(after), vias(after)], [['forgetGrant', 'sendWatch'], ['mesh']]);
        assert.deepEqual([view(run)?.transport, view(run)?.route], ['mesh', 'direct']);
    });

    it('stays where it is when the share comes back before it has moved', () => {
        const run = liveView();
        bob(run, 'mesh');
        assert.deepEqual(types(bob(run)), ['send view.stay', 'releaseMesh']);
        assert.deepEqual(types(moved(run, 'mesh')), [], 'too late');
        assert.equal(view(run)?.transport, 'livekit');
    });

    for (const ended of ['grantReady', 'grantFailed'] as const) {
        it(`is not touched by the token of a move that was given up (${ended})`, () => {
            const run = liveDirectly();
            bob(run);
            assert.deepEqual(types(bob(run, 'mesh')), ['send view.stay']);
            const failure = { code: 'internal', message: 'x' } as const;
            const effects = run.do({ ...granted, type: ended, failure });
            assert.deepEqual(types(effects), ['forgetGrant']);
            assert.equal(view(run)?.phase, 'live');
        });
    }

    it('starts again before it shows anything', () => {
        const run = new Run();
        bob(run, 'mesh');
        run.do(requestView());
        assert.deepEqual(types(bob(run)), ['releaseMesh', 'fetchViewerGrant', 'openPage']);
    });

    it('tries the new transport a few times, then starts again', () => {
        const run = liveDirectly();
        bob(run);
        for (const again of ['once', 'twice']) {
            run.do(granted);
            const [wait] = moved(run, 'livekit', false);
            assert.ok(wait?.type === 'wait', again);
            assert.deepEqual(types(run.do({ type: 'waited', pageId: 'V1', wait: wait.wait })), ['fetchViewerGrant']);
        }
        const effects = run.do({ ...granted, type: 'grantFailed', failure: { code: 'internal', message: 'x' } });
        assert.ok(types(effects).includes('openPage'));
        assert.equal(view(run)?.generation, 2);
    });

    it('is not ended by a sharer’s device that no longer answers on the old way', () => {
        const run = liveDirectly();
        bob(run);
        run.do({ type: 'meshGaveUp', pageId: 'V1', generation: 1 });
        assert.notEqual(view(run)?.phase, 'failed');
    });

    it('closes both ways with the tab', () => {
        const run = liveView();
        bob(run, 'mesh');
        assert.ok(types(run.do({ type: 'viewerTabCloseRequested', tabId: 'V1' })).includes('releaseMesh'));
    });
});

describe('a tab that no direct picture reaches', () => {
    const waitOf = (run: Run): number => {
        const found = run.effects.findLast((e) => e.type === 'wait' && e.ms === DIRECT_WITHIN_MS);
        return found?.type === 'wait' ? found.wait : -1;
    };

    it('tells the sharer’s device, which may then use a media server', () => {
        const run = connecting();
        const effects = run.do({ type: 'waited', pageId: 'V1', wait: waitOf(run) });
        assert.deepEqual(vias(effects), ['unreached']);
        assert.ok(effects[0]?.type === 'sendWatch' && !effects[0].watching);
    });

    it('says nothing once it has one', () => {
        const run = liveDirectly();
        assert.deepEqual(run.do({ type: 'waited', pageId: 'V1', wait: waitOf(run) }), []);
    });

    it('goes on watching at the server while it says so', () => {
        const run = liveView();
        bob(run, 'mesh');
        const effects = run.do({ type: 'waited', pageId: 'V1', wait: waitOf(run) });
        assert.ok(effects[0]?.type === 'sendWatch' && effects[0].watching && effects[0].via === 'unreached');
    });
});
