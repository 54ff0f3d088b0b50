/** One connection that brings a screen into the page: through the SFU, or directly from the sharer's device. */
import { watchScreen, type Subscriber, type SubscriberState } from '../../livekit/browser/screenSubscriber.ts';
import type { KeyRing } from '../../livekit/browser/mediaKeys.ts';
import type { PlayoutControl } from '../../livekit/browser/playout/playoutControl.ts';
import { createDirectPlayout } from '../mesh/directPlayout.ts';
import { createMeshSubscriber } from '../mesh/meshSubscriber.ts';
import type { SideChannel } from '../sideChannel/sideChannel.ts';
import type { HostMessage, PageMessage, Route, Transport } from '../../core/share/mediaMessages.ts';

export interface Subscription {
    readonly transport: Transport;
    readonly state: SubscriberState;
    /** The route, once there is one. */
    readonly route: Route | undefined;
    /** Gets the messages for a connection of the mesh. */
    handle(message: HostMessage): void;
    /** No event follows after this. */
    close(): void;
}

export interface SubscriptionEvents {
    changed(): void;
    decryptionFailed(identity: string | undefined, reason: 'missingKey' | 'invalidKey'): void;
    /** The connection cannot start. The error is for the log. */
    failed(error: unknown): void;
}

type Connect = Extract<HostMessage, { type: 'view.connect' }>;

const CONNECTING: SubscriberState = { connection: 'connecting', screens: [], screen: undefined };

export function createSfuSubscription(
    to: Connect,
    keys: KeyRing,
    worker: () => Promise<string>,
    control: PlayoutControl,
    side: Pick<SideChannel, 'add' | 'topic'>,
    events: SubscriptionEvents,
): Subscription {
    let state = CONNECTING;
    let subscriber: Subscriber | undefined;
    let closed = false;
    const start = async (): Promise<void> => {
        const target = { ...to.grant, identity: to.identity, topic: () => side.topic };
        const next = await watchScreen(target, keys, await worker(), control, {
            changed(s) {
                if (closed) return;
                state = s;
                events.changed();
            },
            decryptionFailed: (identity, reason) => !closed && events.decryptionFailed(identity, reason),
        });
        if (closed) return next.close();
        subscriber = next;
        side.add(next.carrier);
    };
    void start().catch((error: unknown) => !closed && events.failed(error));
    return {
        transport: 'livekit',
        get state() {
            return state;
        },
        get route() {
            return state.connection === 'connected' ? ('sfu' as const) : undefined;
        },
        handle: () => undefined,
        close() {
            closed = true;
            subscriber?.close();
        },
    };
}

export function createDirectSubscription(
    identity: string,
    worker: () => Promise<string>,
    control: PlayoutControl,
    side: Pick<SideChannel, 'add'>,
    send: (message: PageMessage) => void,
    events: Pick<SubscriptionEvents, 'changed'>,
): Subscription {
    let state = CONNECTING;
    let closed = false;
    const playout = createDirectPlayout(worker, control);
    const mesh = createMeshSubscriber(
        identity,
        playout,
        (carrier) => side.add(carrier),
        send,
        (s) => {
            if (closed) return;
            state = s;
            events.changed();
        },
    );
    return {
        transport: 'mesh',
        get state() {
            return state;
        },
        get route() {
            return mesh.route;
        },
        handle: (message) => mesh.handle(message),
        close() {
            closed = true;
            mesh.close();
        },
    };
}
