/**
 * Who keeps our membership alive. By itself the SDK restarts a delayed leave every few seconds, so a crash is seen within
 * 20 s, and so is a bad line. A homeserver that watches its SFU (MSC4195) does it better: it ends the membership when the
 * SFU has lost us. If it does not take the leave over, the SDK goes on by itself.
 */
import { MembershipManagerEvent, type MatrixRTCSession } from 'matrix-js-sdk/lib/matrixrtc/index.js';
import type { Log } from '../../core/base/log.ts';

/** The SDK reads these each time it schedules or restarts, so that they may change while we are in a session. */
interface LeaveTimes {
    delayedLeaveEventDelayMs: number;
    delayedLeaveEventRestartMs: number;
}
/** Hands a delayed leave over. Rejects when it is not taken. */
type HandOver = (delayId: string) => Promise<void>;

export interface DelayedLeave {
    /** Gives the times for a new join, kept by ourselves. */
    begin(): LeaveTimes;
    /** From now on by the homeserver, or, without `handOver`, by ourselves. */
    keep(handOver: HandOver | undefined): void;
    dispose(): void;
}
export interface DelayedLeaveOptions {
    readonly session: Pick<MatrixRTCSession, 'delayId' | 'on' | 'off'>;
    /** Cancels a delayed event. The SDK then schedules another one with the times of now. */
    readonly cancel: (delayId: string) => Promise<unknown>;
    readonly log: Log;
}

const OURS: Readonly<LeaveTimes> = { delayedLeaveEventDelayMs: 15_000, delayedLeaveEventRestartMs: 4_000 };
/** An hour at least, says the MSC. The restart is ours, in case that the homeserver forgets. */
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
                log.warn('The homeserver does not look after our membership, so it is kept from here', error);
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
