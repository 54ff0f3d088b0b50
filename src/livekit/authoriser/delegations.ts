/**
 * Memberships that end when their participant is gone from the SFU (MSC4195, "delegated delayed leave events"). The
 * delayed leave is restarted while the participant is there, and sent when it is gone.
 */

interface Delegation {
    /** One for each room, slot, user and member. A newer one replaces it. */
    readonly key: string;
    readonly userId: string;
    readonly delayId: string;
    /** Names of the LiveKit room and of the participant. */
    readonly room: string;
    readonly identity: string;
}
export interface DelegationsOptions {
    /** Rejects when the SFU does not answer. */
    readonly isThere: (room: string, identity: string) => Promise<boolean>;
    readonly delayed: (delayId: string, action: 'restart' | 'send') => Promise<'ok' | 'gone'>;
    readonly now: () => number;
    readonly log: (line: string) => void;
    /** Default: the real one. Returns what calls it off. */
    readonly every?: (ms: number, work: () => void) => () => void;
}
export interface Delegations {
    /** Undefined: there are too many, or the delayed event has another delegation. */
    take(delegation: Delegation): true | undefined;
    /** Looks at each. Resolves when done. */
    look(): Promise<void>;
    readonly size: number;
    close(): void;
}

/** ms between two looks at the SFU. */
const LOOK_EVERY_MS = 5_000;
/** ms in which a participant must have come. */
export const COME_WITHIN_MS = 120_000;
/** ms that a participant may be away, for example to reconnect. */
export const AWAY_MS = 10_000;
/** ms between two restarts. Clients are to delay their leave by an hour. */
export const RESTART_EVERY_MS = 240_000;
const MAX = 10_000;
/** One person may be in some rooms with some devices, and may not use up the room for others. */
const MAX_OF_USER = 20;

interface Running extends Delegation {
    readonly since: number;
    seenAt: number | undefined;
    restartedAt: number;
}

export function createDelegations(options: DelegationsOptions): Delegations {
    const { isThere, delayed, now, log } = options;
    const running = new Map<string, Running>();
    let looking = false;

    const end = async (it: Running): Promise<void> => {
        await delayed(it.delayId, 'send');
        if (running.get(it.key) === it) running.delete(it.key);
    };
    const lookAt = async (it: Running): Promise<void> => {
        const there = await isThere(it.room, it.identity);
        if (there) it.seenAt = now();
        const limit = it.seenAt === undefined ? it.since + COME_WITHIN_MS : it.seenAt + AWAY_MS;
        if (!there && now() >= limit) return end(it);
        if (now() - it.restartedAt < RESTART_EVERY_MS) return;
        it.restartedAt = now();
        // It was sent or cancelled by somebody else.
        if ((await delayed(it.delayId, 'restart')) === 'gone' && running.get(it.key) === it) running.delete(it.key);
    };
    const look = async (): Promise<void> => {
        if (looking) return;
        looking = true;
        for (const it of running.values())
            await lookAt(it).catch((error: unknown) => {
                log(`a delegated leave: ${error instanceof Error ? error.message : 'failed'}`);
            });
        looking = false;
    };
    const stop = (options.every ?? every)(LOOK_EVERY_MS, () => void look());
    return {
        take(delegation) {
            const { key, userId, delayId } = delegation;
            const others = [...running.values()].filter((it) => it.key !== key);
            if (others.length >= MAX || others.some((it) => it.delayId === delayId)) return undefined;
            if (others.filter((it) => it.userId === userId).length >= MAX_OF_USER) return undefined;
            running.set(delegation.key, { ...delegation, since: now(), seenAt: undefined, restartedAt: now() });
            return true;
        },
        look,
        get size() {
            return running.size;
        },
        close: stop,
    };
}

function every(ms: number, work: () => void): () => void {
    const timer = setInterval(work, ms).unref();
    return () => clearInterval(timer);
}
