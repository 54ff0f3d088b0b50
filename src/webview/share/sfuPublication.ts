/** The share at the SFU: connects ahead of time, publishes the captured track under our key, pauses it, and leaves. */
import type { HostMessage, ShareSettings } from '../../core/share/mediaMessages.ts';
import {
    connectForShare,
    connectPublisher,
    publishScreen,
    type Connection,
    type Publisher,
    type PublisherEvents,
} from '../../livekit/browser/screenPublisher.ts';
import type { KeyRing } from '../../livekit/browser/mediaKeys.ts';
import { degradation } from '../capture/encoding.ts';
import type { SideChannel } from '../sideChannel/sideChannel.ts';
import type { Captured } from '../capture/screenCapture.ts';

type Prepare = Extract<HostMessage, { type: 'share.prepare' }>;
type Publish = Extract<HostMessage, { type: 'share.publish' }>;

export interface SfuPublication {
    readonly publisher: Publisher | undefined;
    prepare(to: Prepare): void;
    /** Publish as soon as there is a capture. */
    want(request: Publish): void;
    /** Publishes if that is wanted, and is not done or under way. */
    publish(captured: Captured, settings: ShareSettings): Promise<void>;
    leave(): void;
}

export interface SfuPublicationOptions extends PublisherEvents {
    readonly keys: KeyRing;
    readonly side: Pick<SideChannel, 'add' | 'topic'>;
    readonly worker: () => Promise<string>;
    readonly live: () => void;
    /** Nothing may be sent now. */
    readonly held: () => boolean;
    readonly warn: (text: string) => void;
}

export function createSfuPublication(options: SfuPublicationOptions): SfuPublication {
    const { keys, side, worker, live, held, reconnecting, reconnected, failed, warn } = options;
    let wanted: Publish | undefined;
    let publisher: Publisher | undefined;
    /** A track of its own, so that a pause or stop there does not affect the direct connections. */
    let published: MediaStreamTrack | undefined;
    /**
     * A connection made ahead of time. Undefined after its use or a failure; the publication then connects by itself.
     */
    let prepared: Promise<Connection | undefined> | undefined;
    /** Increases when sending stops, so that a running publication is dropped when it is ready. */
    let run = 0;

    const dropPrepared = (): void => {
        void prepared?.then((connection) => connection?.encrypted.close());
        prepared = undefined;
    };
    const begin = async (request: Publish, captured: Captured, settings: ShareSettings): Promise<void> => {
        const mine = ++run;
        const { maxBitrate, steady } = captured;
        const early = prepared;
        prepared = undefined;
        try {
            const to = { ...request.grant, identity: request.identity };
            const connection = await connectForShare(to, keys, await worker(), await early);
            if (mine !== run) return connection.encrypted.close();
            if (held()) {
                // A cover came while it connected. The end of the cover publishes on this connection.
                prepared = Promise.resolve(connection);
                wanted = request;
                return;
            }
            const track = captured.gate.take();
            published?.stop();
            published = track;
            const next = await publishScreen(
                connection,
                {
                    track,
                    steady,
                    contentHint: settings.contentHint,
                    degradation: degradation(settings),
                    maxBitrate,
                    maxFrameRate: settings.maxFrameRate,
                    topic: () => side.topic,
                },
                {
                    reconnecting: () => mine === run && reconnecting(),
                    reconnected: () => mine === run && reconnected(),
                    failed: (reason) => mine === run && failed(reason),
                },
            );
            if (mine !== run) return next.close();
            publisher = next;
            side.add(next.carrier);
            await next.hold(held);
            if (mine === run) live();
        } catch (error) {
            if (mine !== run) return;
            if (error instanceof Error && error.cause instanceof Error) warn(error.cause.message);
            failed(error instanceof Error ? error.message : 'The media server could not be reached.');
        }
    };

    return {
        get publisher() {
            return publisher;
        },
        prepare({ grant, identity }) {
            dropPrepared();
            prepared = worker()
                .then((url) => connectPublisher({ ...grant, identity }, keys, url))
                .catch(() => undefined);
        },
        want(request) {
            wanted = request;
        },
        async publish(captured, settings) {
            // A hold before the first picture must prevent that picture.
            if (!wanted || publisher || held()) return;
            const request = wanted;
            wanted = undefined;
            await begin(request, captured, settings);
        },
        leave() {
            run++;
            dropPrepared();
            publisher?.close();
            publisher = undefined;
            published?.stop();
            published = undefined;
            wanted = undefined;
        },
    };
}
