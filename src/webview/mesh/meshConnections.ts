/**
 * The connections of one shared screen. The host opens, describes and closes them by messages, which take effect in
 * their order. A screen that comes in on a connection can be passed on to a tab on this machine.
 */
import type { HostMessage, MeshMessage, Route } from '../../core/share/mediaMessages.ts';
import type { Peer, PeerOptions } from './peer.ts';

type Open = Extract<HostMessage, { type: 'mesh.open' }>;
type OnTrack = NonNullable<PeerOptions['onTrack']>;

export interface MeshConnectionsOptions {
    readonly send: (message: MeshMessage | { type: 'log'; level: 'warn'; text: string }) => void;
    /** Makes a connection that shows our screen. Undefined: it is not needed any more. */
    readonly show: (open: Open, onTrack: OnTrack) => Promise<Peer | undefined>;
    /** Makes a connection that passes this screen on. */
    readonly pass: (open: Open, track: MediaStreamTrack) => Peer;
    readonly changed: () => void;
}
export interface MeshConnections {
    handle(message: HostMessage): void;
    /** Those that show our screen. */
    readonly peers: readonly Peer[];
    has(connection: string): boolean;
    /** Of our screen. Undefined without a viewer. `relayed` if any viewer's route is. */
    readonly route: Route | undefined;
    close(): void;
}

export function createMeshConnections({ send, show, pass, changed }: MeshConnectionsOptions): MeshConnections {
    const peers = new Map<string, Peer>();
    /** Incoming screens by connection, and the connections that pass them on. */
    const received = new Map<string, MediaStreamTrack>();
    const passing = new Map<string, Peer>();
    let closed = false;
    let turn: Promise<void> = Promise.resolve();

    /** A failure concerns this connection only. The messages of the others go on. */
    const inTurn = (connection: string | undefined, work: () => Promise<void> | void): void => {
        turn = turn
            .then(() => (closed ? undefined : work()))
            .catch((error: unknown) => {
                const name = error instanceof Error ? error.name : 'error';
                send({ type: 'log', level: 'warn', text: `mesh: a connection could not be used (${name})` });
                if (connection !== undefined)
                    send({ type: 'mesh.state', connection, state: 'failed', route: 'direct' });
            });
    };
    const use = (connection: string, step: (peer: Peer) => void): void =>
        inTurn(connection, () => {
            const peer = peers.get(connection) ?? passing.get(connection);
            if (peer) step(peer);
        });
    const screenOf = (connection: string, track: MediaStreamTrack | undefined): void => {
        if (received.get(connection) === track) return;
        if (track) received.set(connection, track);
        else received.delete(connection);
        send({ type: 'mesh.screen', connection, there: track !== undefined });
    };
    const opened = async (open: Open): Promise<void> => {
        const { connection, passes } = open;
        if (passes !== undefined) {
            const track = received.get(passes);
            if (track && !passing.has(connection)) passing.set(connection, pass(open, track));
            return;
        }
        const peer = await show(open, (track) => screenOf(connection, track));
        if (!peer) return;
        peers.set(connection, peer);
        changed();
    };
    const forget = (connection: string): void => {
        for (const all of [peers, passing]) {
            all.get(connection)?.close();
            all.delete(connection);
        }
        received.delete(connection);
        changed();
    };
    const drop = (): void => {
        for (const peer of [...peers.values(), ...passing.values()]) peer.close();
        for (const all of [peers, passing, received]) all.clear();
    };
    const reset = (): void => {
        const connections = [...peers.keys()];
        drop();
        if (connections.length > 0) send({ type: 'mesh.dropped', connections });
        changed();
    };
    return {
        handle(message) {
            switch (message.type) {
                case 'mesh.open':
                    return inTurn(message.connection, () => opened(message));
                case 'mesh.description':
                    return use(message.connection, (peer) => peer.describe(message));
                case 'mesh.candidates':
                    return use(message.connection, (peer) => peer.candidates(message.candidates));
                case 'mesh.restart':
                    return use(message.connection, (peer) => peer.restart(message));
                case 'mesh.servers':
                    return use(message.connection, (peer) => peer.use(message));
                case 'mesh.close':
                    return inTurn(message.connection, () => forget(message.connection));
                case 'mesh.reset':
                    return inTurn(undefined, reset);
                default:
                    return; // not about a connection
            }
        },
        get peers() {
            return [...peers.values()];
        },
        has: (connection) => peers.has(connection),
        get route() {
            const states = [...peers.values()].map((p) => p.state).filter((s) => s.state === 'connected');
            if (states.length === 0) return undefined;
            return states.some((s) => s.route === 'relayed') ? 'relayed' : 'direct';
        },
        close() {
            closed = true;
            drop();
        },
    };
}
