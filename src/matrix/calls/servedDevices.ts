/** The devices that get our screen, for the code that checks who can see it. */
import type { Disposable } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import { connectionIdOf, connectionOf, owesShare, type CallsState, type Device } from './callState.ts';
import { bringsScreen } from './screenOut.ts';

/** A device that gets our screen, or will soon. */
export interface Served {
    readonly roomId: string;
    readonly device: Device;
    /** ms since the epoch, when the page reported that the connection works. Undefined before. */
    readonly since: number | undefined;
}

export interface ServedDevices {
    all(): Served[];
    /** Rooms with a share that devices may request, or with a call that carries our screen. */
    rooms(): ReadonlySet<string>;
    onChange(listener: () => void): Disposable;
    /** A page reported that its connection works, or no longer does. */
    connection(name: string, works: boolean): void;
    /** The calls may have changed. */
    look(): void;
}

export function createServedDevices(state: () => CallsState, now: () => number): ServedDevices {
    const changed = new Listeners<[]>();
    /** Working connections, by name, with their start. */
    const standing = new Map<string, number>();
    let before = '[]';

    const all = (): Served[] =>
        [...state().calls.values()].flatMap((call) => {
            const { roomId, peer } = call;
            if (peer.deviceId === undefined) return []; // nobody has answered
            return [...call.connections.values()]
                .filter((connection) => connection.role === 'send' || owesShare(call))
                .map((connection) => ({
                    roomId,
                    device: peer,
                    since: standing.get(connectionIdOf(call.id, connection.id)),
                }));
        });
    const rooms = (): ReadonlySet<string> => {
        const { serving, calls } = state();
        return new Set([...serving.values(), ...[...calls.values()].filter(bringsScreen)].map(({ roomId }) => roomId));
    };
    return {
        all,
        rooms,
        onChange: changed.add,
        connection(name, works) {
            if (!works) standing.delete(name);
            else if (!standing.has(name)) standing.set(name, now());
        },
        look() {
            for (const name of standing.keys()) if (!connectionOf(state(), name)) standing.delete(name);
            const next = JSON.stringify([all(), [...rooms()]]);
            if (next === before) return;
            before = next;
            changed.emit();
        },
    };
}
