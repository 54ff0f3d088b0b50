/** Watches one screen that comes directly from the sharer's device. Only the newest connection counts. */
import type { SubscriberState } from '../../livekit/browser/screenSubscriber.ts';
import type { Carrier } from '../../livekit/browser/carrier.ts';
import type { DirectPlayout } from './directPlayout.ts';
import type { HostMessage, MeshMessage, Route, ServersMessage } from '../../core/share/mediaMessages.ts';
import { createNoServersNews } from './noServersNews.ts';
import { createPeer, type Peer, type PeerState } from './peer.ts';

export interface MeshSubscriber {
    handle(message: HostMessage): void;
    /** The route, once there is one. */
    readonly route: Route | undefined;
    close(): void;
}

type Send = (message: MeshMessage | ServersMessage | { type: 'log'; level: 'warn'; text: string }) => void;

export function createMeshSubscriber(
    identity: string,
    playout: DirectPlayout,
    onCarrier: (carrier: Carrier) => void,
    send: Send,
    changed: (state: SubscriberState) => void,
): MeshSubscriber {
    let peer: { readonly connection: string; readonly peer: Peer } | undefined;
    let received: MediaStreamTrack | undefined;
    let had = false;
    const onNoServers = createNoServersNews(send);

    const update = (state?: PeerState): void => {
        had ||= state?.state === 'connected';
        const connected = state?.state === 'connected';
        changed({
            connection: connected ? 'connected' : had ? 'reconnecting' : 'connecting',
            screens: [identity],
            screen:
                received && peer
                    ? {
                          identity,
                          encrypted: true,
                          track: playout.track(received, () => update(peer?.peer.state)).track,
                          playout: playout.track(received, () => update(peer?.peer.state)),
                          paused: false,
                          lost: false,
                          steady: false,
                          stats: async () => peer?.peer.stats(),
                      }
                    : undefined,
        });
    };
    const drop = (): void => {
        peer?.peer.close();
        peer = undefined;
        received = undefined;
        playout.drop();
    };
    const of = (connection: string): Peer | undefined => (peer?.connection === connection ? peer.peer : undefined);

    return {
        handle(message) {
            switch (message.type) {
                case 'mesh.open': {
                    if (message.offer) return; // a view makes no offer
                    drop();
                    const onTrack = (next: MediaStreamTrack | undefined): void => {
                        received = next;
                        update(of(message.connection)?.state);
                    };
                    peer = {
                        connection: message.connection,
                        peer: createPeer({
                            open: message,
                            outgoing: undefined,
                            send,
                            onReceiver: playout.attach,
                            onNoServers,
                            onCarrier,
                            onTrack,
                            onState: update,
                        }),
                    };
                    return update();
                }
                case 'mesh.description':
                    return of(message.connection)?.describe(message);
                case 'mesh.candidates':
                    return of(message.connection)?.candidates(message.candidates);
                case 'mesh.restart':
                    return of(message.connection)?.restart(message);
                case 'mesh.servers':
                    return of(message.connection)?.use(message);
                case 'mesh.close':
                    if (!of(message.connection)) return;
                    drop();
                    return update();
                default:
                    return; // not about a connection
            }
        },
        get route() {
            return peer?.peer.state.state === 'connected' ? peer.peer.state.route : undefined;
        },
        close() {
            drop();
            playout.close();
        },
    };
}
