import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createLog } from '../../../../src/core/base/log.ts';
import { createDelayedLeave } from '../../../../src/matrix/rtc/delayedLeave.ts';

const nothing = (): void => undefined;
const log = createLog({ debug: nothing, info: nothing, warn: nothing, error: nothing });

/** As the SDK's session: a cancelled delayed event is followed by a new one. */
class Session {
    delayId: string | undefined;
    readonly cancelled: string[] = [];
    #listener: ((delayId: string | undefined) => void) | undefined;
    #count = 0;
    on = (_event: unknown, listener: never): this => {
        this.#listener = listener;
        return this;
    };
    off = (): this => {
        this.#listener = undefined;
        return this;
    };
    schedule(): string {
        this.delayId = `d${++this.#count}`;
        this.#listener?.(this.delayId);
        return this.delayId;
    }
    cancel = async (delayId: string): Promise<void> => {
        this.cancelled.push(delayId);
    };
}
const leaveOf = (session: Session) => createDelayedLeave({ session: session as never, cancel: session.cancel, log });

describe('the delayed leave of our membership', () => {
    it('is short and ours until the homeserver takes it over', async () => {
        const session = new Session();
        const leave = leaveOf(session);
        const times = leave.begin();
        session.schedule();
        assert.deepEqual(times, { delayedLeaveEventDelayMs: 15_000, delayedLeaveEventRestartMs: 4_000 });
        const handed: string[] = [];
        leave.keep(async (delayId) => void handed.push(delayId));
        assert.deepEqual([session.cancelled, handed], [['d1'], []]);
        assert.equal(times.delayedLeaveEventDelayMs, 3_600_000);
        session.schedule();
        assert.deepEqual(handed, ['d2']);
    });
    it('is handed over again when the SDK makes another one, and only once for each', async () => {
        const session = new Session();
        const leave = leaveOf(session);
        leave.begin();
        const handed: string[] = [];
        const handOver = async (delayId: string): Promise<void> => void handed.push(delayId);
        leave.keep(handOver);
        leave.keep(handOver);
        session.schedule();
        session.schedule();
        assert.deepEqual(handed, ['d1', 'd2']);
        assert.deepEqual(session.cancelled, []);
    });
    it('is ours again when the homeserver does not take it', async () => {
        const session = new Session();
        const leave = leaveOf(session);
        const times = leave.begin();
        session.schedule();
        leave.keep(() => Promise.reject(new Error('refused')));
        session.schedule();
        await new Promise(setImmediate);
        assert.deepEqual(session.cancelled, ['d1', 'd2']);
        assert.equal(times.delayedLeaveEventDelayMs, 15_000);
        session.schedule();
        await new Promise(setImmediate);
        assert.deepEqual(session.cancelled, ['d1', 'd2'], 'it is not tried again');
    });
    it('is ours again when the share goes directly, and in a new session', () => {
        const session = new Session();
        const leave = leaveOf(session);
        const times = leave.begin();
        session.schedule();
        leave.keep(() => Promise.resolve());
        leave.keep(undefined);
        assert.deepEqual(session.cancelled, ['d1', 'd1']);
        assert.equal(times.delayedLeaveEventRestartMs, 4_000);
        leave.keep(() => Promise.resolve());
        assert.equal(leave.begin().delayedLeaveEventDelayMs, 15_000);
    });
    it('is looked after no more once it is disposed', () => {
        const session = new Session();
        const leave = leaveOf(session);
        leave.begin();
        leave.keep(() => assert.fail('handed over'));
        leave.dispose();
        session.schedule();
    });
});
