import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
    AWAY_MS,
    COME_WITHIN_MS,
    createDelegations,
    RESTART_EVERY_MS,
    type Delegations,
} from '../../../src/livekit/authoriser/delegations.ts';

const ONE = { key: 'k', userId: '@a:hs', delayId: 'd1', room: 'r', identity: 'i' };

class World {
    now = 0;
    there: boolean | Error = false;
    gone = new Set<string>();
    readonly done: string[] = [];
    readonly lines: string[] = [];
    readonly delegations: Delegations = createDelegations({
        isThere: async () => {
            if (this.there instanceof Error) throw this.there;
            return this.there;
        },
        delayed: async (delayId, action) => {
            this.done.push(`${action} ${delayId}`);
            return this.gone.has(delayId) ? 'gone' : 'ok';
        },
        now: () => this.now,
        log: (line) => this.lines.push(line),
        every: () => () => undefined,
    });
    async pass(ms: number): Promise<void> {
        this.now += ms;
        await this.delegations.look();
    }
}

describe('a delegated leave', () => {
    it('is restarted while the participant is there, and sent once it is gone for a while', async () => {
        const world = new World();
        world.delegations.take(ONE);
        world.there = true;
        await world.pass(1_000);
        assert.deepEqual(world.done, []);
        await world.pass(RESTART_EVERY_MS);
        assert.deepEqual(world.done, ['restart d1']);
        world.there = false;
        await world.pass(AWAY_MS - 1);
        assert.deepEqual(world.done, ['restart d1'], 'it may come back');
        await world.pass(1);
        assert.deepEqual(world.done, ['restart d1', 'send d1']);
        assert.equal(world.delegations.size, 0);
    });
    it('is not sent for a participant that comes back in time', async () => {
        const world = new World();
        world.delegations.take(ONE);
        for (const there of [true, false, true, false, true]) {
            world.there = there;
            await world.pass(AWAY_MS - 1);
        }
        assert.deepEqual(world.done, []);
    });
    it('is sent when nobody comes', async () => {
        const world = new World();
        world.delegations.take(ONE);
        await world.pass(COME_WITHIN_MS - 1);
        assert.deepEqual(world.done, []);
        await world.pass(1);
        assert.deepEqual(world.done, ['send d1']);
    });
    it('is replaced by a newer one of the same member', async () => {
        const world = new World();
        world.delegations.take(ONE);
        world.delegations.take({ ...ONE, delayId: 'd2' });
        assert.equal(world.delegations.size, 1);
        await world.pass(COME_WITHIN_MS);
        assert.deepEqual(world.done, ['send d2']);
    });
    it('is one for each delayed event, and a bounded number for each person', () => {
        const { delegations } = new World();
        assert.ok(delegations.take(ONE));
        assert.equal(delegations.take({ ...ONE, key: 'other' }), undefined, 'the event has one');
        for (let i = 1; i < 20; i++) assert.ok(delegations.take({ ...ONE, key: `k${i}`, delayId: `e${i}` }));
        assert.equal(delegations.take({ ...ONE, key: 'k20', delayId: 'e20' }), undefined);
        assert.ok(delegations.take({ ...ONE, userId: '@b:hs', key: 'k21', delayId: 'e21' }), 'others have theirs');
        assert.ok(delegations.take({ ...ONE, delayId: 'd2' }), 'a newer one replaces one’s own');
    });
    it('is forgotten when somebody else has sent or cancelled it', async () => {
        const world = new World();
        world.delegations.take(ONE);
        world.there = true;
        world.gone.add('d1');
        await world.pass(RESTART_EVERY_MS);
        assert.equal(world.delegations.size, 0);
    });
    it('stays while the SFU does not answer, and one in trouble does not keep others from theirs', async () => {
        const world = new World();
        world.delegations.take(ONE);
        world.there = new Error('away');
        await world.pass(COME_WITHIN_MS * 2);
        assert.deepEqual([world.done, world.delegations.size, world.lines.length], [[], 1, 1]);
        world.there = true;
        await world.pass(1);
        assert.equal(world.delegations.size, 1);
    });
});
