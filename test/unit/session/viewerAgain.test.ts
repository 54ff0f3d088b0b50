import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { BOB, liveView, member, READY, ROOM, types } from './fixtures.ts';

const bobShares = (deviceId: string, ...ids: string[]) =>
    ({
        type: 'rtcChanged',
        roomId: ROOM,
        members: [member({ ...BOB, deviceId }, { shares: ids.map((id) => ({ id, startedTs: 5 })) })],
    }) as const;
const WAIT = { type: 'action', name: 'watchAgain' } as const;

describe('a tab whose share is over', () => {
    const ended = () => {
        const run = liveView();
        run.do(bobShares(BOB.deviceId));
        return run;
    };

    it('offers to wait, and shows the next share by itself once it was asked to', () => {
        const run = ended();
        assert.equal(run.state.viewerTabs.get('V1')?.again, 'offered');
        assert.deepEqual(types(run.page('V1', 1, WAIT)), ['send view.again']);
        assert.equal(run.state.viewerTabs.get('V1')?.again, 'waiting');
        assert.deepEqual(types(run.do(bobShares(BOB.deviceId, 'S10'))), ['fetchViewerGrant', 'openPage', 'join']);
        assert.equal(run.state.viewerTabs.get('V1')?.target.shareId, 'S10');
    });

    it('waits for the person, whose next share may come from another device', () => {
        const run = ended();
        run.page('V1', 1, WAIT);
        run.do(bobShares('BDEV2', 'S10'));
        const { target } = run.state.viewerTabs.get('V1') ?? {};
        assert.deepEqual([target?.deviceId, target?.shareId], ['BDEV2', 'S10']);
    });

    it('offers the next share, and never starts it unasked', () => {
        const run = ended();
        assert.deepEqual(types(run.do(bobShares(BOB.deviceId, 'S10'))), ['send view.again']);
        assert.deepEqual(
            [run.state.viewerTabs.get('V1')?.phase, run.state.viewerTabs.get('V1')?.again],
            ['ended', 'back'],
        );
        assert.deepEqual(types(run.do(bobShares(BOB.deviceId))), ['send view.again']);
        assert.equal(run.state.viewerTabs.get('V1')?.again, 'offered');
    });

    it('waits no longer when the person takes it back', () => {
        const run = ended();
        run.page('V1', 1, WAIT);
        run.page('V1', 1, WAIT);
        assert.equal(run.state.viewerTabs.get('V1')?.again, 'offered');
        run.do(bobShares(BOB.deviceId, 'S10'));
        assert.equal(run.state.viewerTabs.get('V1')?.phase, 'ended');
    });

    it('says so to a page that loads again', () => {
        const run = ended();
        run.page('V1', 1, WAIT);
        const effects = run.page('V1', 1, READY);
        assert.deepEqual(types(effects), ['send view.end', 'send view.again']);
        const [, told] = effects;
        assert.equal(told?.type === 'send' && told.message.type === 'view.again' && told.message.again, 'waiting');
    });

    it('offers nothing while it runs', () => {
        const run = liveView();
        assert.deepEqual(run.page('V1', 1, WAIT), []);
    });
});
