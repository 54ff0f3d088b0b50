/**
 * Remembers what a window has begun with the account, so that the next leader can continue it: memberships, its media
 * keys, direct shares and views, presence.
 */
import type { Account } from '../../core/account/account.ts';
import { HushError, isHushError, userMessage } from '../../core/base/errors.ts';
import type { OwnStatus } from '../../core/rooms/presencePort.ts';
import type { AdoptedPage, CallsPort } from '../../core/session/callsPort.ts';
import type { KeyEvent, RtcPort } from '../../core/session/rtcPort.ts';
import type { Share } from '../../core/share/share.ts';

export interface Resumption {
    /** The window called a method. `path` is a path of accountCalls.ts. */
    asked(path: string, args: readonly unknown[]): void;
    answered(path: string, args: readonly unknown[], answer: unknown): void;
    onKey(event: KeyEvent): void;
    onMembershipLost(roomId: string): void;
    /** Rejects with `account.leaderGone` if this leader goes, too. Then the next one resumes. */
    resume(account: Account): Promise<void>;
}

/** `lost` is called if a membership could not be resumed. */
export function createResumption(lost: (roomId: string, error: HushError) => void): Resumption {
    const memberships = new Map<string, readonly Share[]>();
    const publishing = new Set<string>();
    /** Our participant identity in each room, and for each identity the index of our last key. */
    const identities = new Map<string, string>();
    const keyIndexes = new Map<string, number>();
    const serving = new Map<string, Parameters<CallsPort['publish']>>();
    const watching = new Map<string, Parameters<CallsPort['watch']>>();
    /** Our pages that may have connections of calls, by page key. */
    const pages = new Map<string, AdoptedPage>();
    const looked = new Set<string>();
    let status: OwnStatus = 'hidden';

    const leave = (roomId: string): void => {
        memberships.delete(roomId);
        publishing.delete(roomId);
    };
    const member = ([roomId, shares]: Parameters<RtcPort['join']>): void => void memberships.set(roomId, shares);
    const before: Readonly<Record<string, (...args: never[]) => void>> = {
        'rtc.leave': leave,
        'rtc.startKeys': (roomId: string) => void publishing.add(roomId),
        'rtc.stopKeys': (roomId: string) => void publishing.delete(roomId),
        'calls.publish'(...args: Parameters<CallsPort['publish']>) {
            const [{ roomId }, page] = args;
            serving.set(page.pageId, args);
            pages.set(page.pageId, { roomId, page });
        },
        'calls.watch': (...args: Parameters<CallsPort['watch']>) => void watching.set(args[1].pageId, args),
        'calls.accept': (...[{ roomId, callId }, page]: Parameters<CallsPort['accept']>) =>
            void pages.set(page.pageId, { roomId, page, callId }),
        'calls.unpublish': (pageId: string) => void serving.delete(pageId),
        'calls.release'(pageId: string) {
            serving.delete(pageId);
            watching.delete(pageId);
            pages.delete(pageId);
        },
        'presence.look': (roomId: string) => void looked.add(roomId),
        'presence.show': (next: OwnStatus) => void (status = next),
    };

    async function rejoin({ rtc }: Account, roomId: string, shares: readonly Share[]): Promise<void> {
        try {
            await rtc.join(roomId, shares);
            if (!publishing.has(roomId)) return;
            await rtc.startKeys(roomId, keyIndexes.get(`${roomId} ${identities.get(roomId) ?? ''}`));
        } catch (error) {
            if (isHushError(error) && error.code === 'account.leaderGone') throw error;
            leave(roomId);
            const failure = isHushError(error)
                ? error
                : new HushError('internal', userMessage(error, 'Going on with the session'), { cause: error });
            lost(roomId, failure);
        }
    }

    return {
        asked(path, args) {
            before[path]?.(...(args as never[]));
        },
        answered(path, args, answer) {
            // Remember it only now, so that a refused request is not repeated.
            if (path === 'rtc.join' || path === 'rtc.announce') member(args as Parameters<RtcPort['join']>);
            if (path !== 'rtc.publishGrant') return;
            const [roomId] = args as Parameters<RtcPort['publishGrant']>;
            identities.set(roomId, (answer as Awaited<ReturnType<RtcPort['publishGrant']>>).identity);
        },
        onKey(event) {
            if (event.kind === 'key') keyIndexes.set(`${event.key.roomId} ${event.key.identity}`, event.key.index);
        },
        onMembershipLost: leave,
        async resume(account) {
            const { calls, presence } = account;
            presence.show(status);
            for (const roomId of looked) presence.look(roomId);
            const joins = [...memberships].map(([roomId, shares]) => rejoin(account, roomId, shares));
            calls.adopt([...pages.values()]);
            for (const served of serving.values()) calls.publish(...served);
            for (const view of watching.values()) calls.watch(...view);
            await Promise.all(joins);
        },
    };
}
