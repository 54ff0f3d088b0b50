/**
 * Keeps our membership alive. Without help, the SDK restarts a delayed leave every few seconds. So our membership ends
 * within 20 s after a crash, but a bad connection also ends it. A homeserver that watches its SFU (MSC4195) can end the
 * membership when the SFU has lost us. If it does not take over the leave, the SDK continues.
 */
import { MembershipManagerEvent, type MatrixRTCSession } from 'matrix-js-sdk/lib/matrixrtc/index.js';
import type { Log } from '../../core/base/log.ts';

/** The SDK reads these each time it schedules or restarts a leave. So they may change during a session. */
interface LeaveTimes {
    delayedLeaveEventDelayMs: number;
    delayedLeaveEventRestartMs: number;
}
/** Gives a delayed leave to the homeserver. Rejects if it is not accepted. */
type HandOver = (delayId: string) => Promise<void>;

export interface DelayedLeave {
    /** The times for a new join. We keep the membership ourselves at first. */
    begin(): LeaveTimes;
    /** From now on the homeserver keeps the membership. Without `handOver`, we keep it. */
    keep(handOver: HandOver | undefined): void;
    dispose(): void;
}
export interface DelayedLeaveOptions {
    readonly session: Pick<MatrixRTCSession, 'delayId' | 'on' | 'off'>;
    /** Cancels a delayed event. The SDK then schedules a new one with the current times. */
    readonly cancel: (delayId: string) => Promise<unknown>;
    readonly log: Log;
}

const OURS: Readonly<LeaveTimes> = { delayedLeaveEventDelayMs: 15_000, delayedLeaveEventRestartMs: 4_000 };
/** MSC4195 demands a delay of at least an hour. We still restart it, in case the homeserver forgets it. */
const HANDED_OVER: Readonly<LeaveTimes> = { delayedLeaveEventDelayMs: 3_600_000, delayedLeaveEventRestartMs: 20_000 };

export function createDelayedLeave({ session, cancel, log }: DelayedLeaveOptions): DelayedLeave {
    let times: LeaveTimes = { ...OURS };
    let handOver: HandOver | undefined;

    const renew = (): void => {
        Object.assign(times, handOver ? HANDED_OVER : OURS);
        const { delayId } = session;
        if (delayId === undefined) return;
        cancel(delayId).catch((error: unknown) => log.debug(`A delayed leave was not cancelled: ${String(error)}`));
    };
    const changed = (delayId: string | undefined): void => {
        const current = handOver;
        if (delayId === undefined || !current) return;
        current(delayId).then(
            () => log.info('The homeserver ends our membership when its media server loses us'),
            (error: unknown) => {
                log.warn(
                    'The homeserver cannot watch our media connection, so this device renews the membership itself',
                    error,
                );
                if (handOver !== current) return;
                handOver = undefined;
                renew();
            },
        );
    };
    session.on(MembershipManagerEvent.DelayIdChanged, changed);
    return {
        begin() {
            handOver = undefined;
            times = { ...OURS };
            return times;
        },
        keep(next) {
            const same = (next === undefined) === (handOver === undefined);
            handOver = next;
            if (!same) renew();
        },
        dispose() {
            session.off(MembershipManagerEvent.DelayIdChanged, changed);
        },
    };
}
