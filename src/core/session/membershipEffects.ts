/** Our memberships on their way to the server. */
import type { Log } from '../base/log.ts';
import { Turns } from '../base/turns.ts';
import { sameShares } from './membershipFlow.ts';
import { failureOf } from './pageGrants.ts';
import type { RtcPort } from './rtcPort.ts';
import type { Effect, SessionEvent, SessionState } from './state.ts';

type MembershipEffect = Extract<Effect, { type: 'join' | 'announce' | 'leave' }>;
type Wish = Exclude<MembershipEffect, { type: 'leave' }>;

export interface MembershipEffects {
    run(effect: MembershipEffect): void;
    /** Resolves when every requested join, announce and leave has ended. */
    settled(): Promise<void>;
}

export interface MembershipEffectsOptions {
    readonly rtc: Pick<RtcPort, 'join' | 'announce' | 'leave'>;
    readonly log: Log;
    state(): SessionState;
    dispatch(event: SessionEvent): void;
}

export function createMembershipEffects({ rtc, log, state, dispatch }: MembershipEffectsOptions): MembershipEffects {
    /** Changes of one room run in order. But a leave does not wait, and results that it overtook are dropped. */
    const perRoom = new Turns();
    const leaves = new Map<string, number>();

    /** Runs after earlier work for the room. `tell` drops the result if the room was left meanwhile. */
    const inRoom = (roomId: string, work: (tell: (event: SessionEvent) => void) => Promise<void>): void => {
        const at = leaves.get(roomId) ?? 0;
        const stands = (): boolean => (leaves.get(roomId) ?? 0) === at;
        void perRoom.take(roomId, async () => {
            if (!stands()) return;
            await work((event) => {
                if (stands()) dispatch(event);
            });
        });
    };
    /** Whether this is still the latest wish for the room. A later one has its own result, and only that counts. */
    const isLatest = ({ roomId, shares }: Wish): boolean => sameShares(state().memberships.get(roomId) ?? [], shares);

    const join = (wish: Wish): void =>
        inRoom(wish.roomId, async (tell) => {
            const { roomId, shares } = wish;
            try {
                await rtc.join(roomId, shares);
                log.info('joined the session');
                if (isLatest(wish)) tell({ type: 'joined', roomId });
            } catch (error) {
                log.warn('joining the session failed', error);
                tell({ type: 'joinFailed', roomId, failure: failureOf(error, 'Joining the session') });
            }
        });
    const announce = (wish: Wish): void =>
        inRoom(wish.roomId, async (tell) => {
            const { roomId, shares } = wish;
            try {
                await rtc.announce(roomId, shares);
                if (isLatest(wish)) tell({ type: 'announced', roomId });
            } catch (error) {
                log.warn('the share was not announced', error);
                if (!isLatest(wish)) return;
                const failure = failureOf(error, 'Telling the room about the share');
                tell({ type: 'announceFailed', roomId, failure });
            }
        });
    const leave = (roomId: string): void => {
        leaves.set(roomId, (leaves.get(roomId) ?? 0) + 1);
        perRoom.skip(roomId);
        void perRoom.take(roomId, async () => {
            // If this does not reach the server, the delayed leave does the work.
            await rtc.leave(roomId).catch((error: unknown) => log.warn('leaving the session failed', error));
        });
    };

    return {
        run(effect) {
            if (effect.type === 'join') join(effect);
            else if (effect.type === 'announce') announce(effect);
            else leave(effect.roomId);
        },
        settled: () => perRoom.settled(),
    };
}
