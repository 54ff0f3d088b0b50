/**
 * Two people start a session for one workspace and invite each other at the same moment. One room survives (glare.ts).
 * The loser joins it with its invited people and its workspace mapping, withdraws its own invitations, and leaves its
 * own room. The winner removes the invitation, which may already be gone.
 */
import type { Account } from '../account/account.ts';
import { isHushError } from '../base/errors.ts';
import type { After } from '../base/timer.ts';
import type { Log } from '../base/log.ts';
import { crossedSessions, type CrossedSessions } from '../session/glare.ts';
import type { RoomSnapshot } from '../rooms/room.ts';

export interface SessionGlareOptions {
    account(): Account | undefined;
    /** The room that this window's workspace is mapped to. */
    ownRoomId(): string | undefined;
    /** Whether the invitation is to a session for the workspace of `own`, which is this window's workspace. */
    sameWorkspace(invitation: RoomSnapshot, own: RoomSnapshot): Promise<boolean>;
    map(roomId: string): Promise<void>;
    readonly after: After;
    readonly log: Log;
}
export interface SessionGlare {
    /** Called after every change of the rooms. Never rejects. Runs one at a time. */
    check(): Promise<void>;
    /** Whether that invitation crossed one of ours and is being handled. */
    settles(roomId: string): boolean;
}

/** ms between retries while no room changes, and the number of retries. */
const RETRY_MS = 3_000;
const TRIES = 5;

export function createSessionGlare(options: SessionGlareOptions): SessionGlare {
    const { log } = options;
    /** Invitations that crossed ours. They are removed once their sender is here. */
    const crossed = new Set<string>();
    /** Our rooms that lost, until we have left them. */
    const lost = new Set<string>();
    let failures = 0;
    let running: Promise<void> | undefined;
    let again = false;

    const look = async (): Promise<void> => {
        const account = options.account();
        if (account?.state.kind !== 'ready') return;
        const rooms = account.rooms();
        await forgetSettled(account, rooms);
        for (const roomId of lost) await giveUp(account, roomId);
        const own = rooms.find((room) => room.roomId === options.ownRoomId());
        const candidates = crossedSessions(account.userId, own, rooms, () => true);
        if (!own || !candidates) return;
        const same = new Map<string, boolean>();
        for (const room of candidates.invitations) same.set(room.roomId, await options.sameWorkspace(room, own));
        const found = crossedSessions(account.userId, own, rooms, (room) => same.get(room.roomId) === true);
        if (!found) return;
        for (const room of found.invitations) crossed.add(room.roomId);
        if (found.keep !== found.own) await yieldTo(account, found);
    };
    const yieldTo = async (account: Account, { own, invitations, keep }: CrossedSessions): Promise<void> => {
        log.info(
            `${keep.createdBy ?? ''} and you started a session at the same moment: theirs goes on, yours joins it`,
        );
        await account.join(keep.roomId);
        await options.map(keep.roomId);
        lost.add(own.roomId);
        const there = new Set(
            account
                .rooms()
                .find((room) => room.roomId === keep.roomId)
                ?.members.map((m) => m.userId),
        );
        const creators = new Set(invitations.map((room) => room.createdBy)); // they join by the same rule
        for (const { userId } of own.members) {
            if (userId === account.userId || there.has(userId) || creators.has(userId)) continue;
            await account
                .invite(keep.roomId, userId)
                .catch((error: unknown) =>
                    log.warn(`${userId} could not be invited to the session that goes on`, error),
                );
        }
        await giveUp(account, own.roomId);
        for (const room of invitations) if (room !== keep) await account.leaveRoom(room.roomId);
    };
    /** Withdraws invitations first: nobody should be invited to an empty room. */
    const giveUp = async (account: Account, roomId: string): Promise<void> => {
        const room = account.rooms().find((it) => it.roomId === roomId && it.membership === 'join');
        for (const { userId, membership } of room?.members ?? []) {
            if (membership !== 'invite') continue;
            await account.roomAdmin
                .kick(roomId, userId, undefined)
                .catch((error: unknown) =>
                    log.info(`The invitation of ${userId} was not taken back: ${String(error)}`),
                );
        }
        if (room) await account.leaveRoom(roomId);
        lost.delete(roomId);
    };
    /** The loser has joined. Its own room is empty now, or will be soon. */
    const forgetSettled = async (account: Account, rooms: readonly RoomSnapshot[]): Promise<void> => {
        const own = rooms.find((room) => room.roomId === options.ownRoomId());
        for (const room of rooms) {
            if (room.membership !== 'invite' || !crossed.has(room.roomId)) continue;
            if (own?.members.some((m) => m.userId === room.createdBy && m.membership === 'join'))
                await account.leaveRoom(room.roomId);
        }
    };
    const run = async (): Promise<void> => {
        do {
            again = false;
            await look().then(
                () => {
                    failures = 0;
                },
                (error: unknown) => {
                    // The other side may have been faster: its room is gone, or our invitation was withdrawn. The next
                    // change shows it. If none comes, this is tried again.
                    log.warn(
                        `Joining two sessions into one did not work${isHushError(error) ? ` (${error.code})` : ''}`,
                        error,
                    );
                    if (++failures < TRIES) options.after(RETRY_MS, () => void check());
                },
            );
        } while (again);
    };
    const check = (): Promise<void> => {
        again = true;
        running ??= run().finally(() => {
            running = undefined;
        });
        return running;
    };
    return {
        check,
        settles: (roomId) => crossed.has(roomId),
    };
}
