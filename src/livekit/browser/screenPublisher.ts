/**
 * Publishes one captured screen with encryption, or fails. The order guarantees it: the key is present, the room is
 * connected, the worker has confirmed, and only then comes a track. A sender without encryption is emptied before it
 * can send.
 */
import {
    ConnectionState,
    ParticipantEvent,
    RoomEvent,
    Track,
    type LocalTrack,
    type LocalTrackPublication,
    type Room,
    type TrackPublishOptions,
} from 'livekit-client';
import type { Carrier } from './carrier.ts';
import { createEncryptedRoom, type EncryptedRoom } from './encryptedRoom.ts';
import type { KeyRing } from './mediaKeys.ts';
import { createRoomCarrier } from './roomCarrier.ts';
import { limitBitrate, preferWhenLimited } from './senderParameters.ts';
import { createTrackHold } from './trackHold.ts';

/** This track name tells a Hush viewer that frames continue while the picture is still. */
export const STEADY_TRACK = 'hush.steady';
/** livekit-client sets this on a sender or receiver whose frames pass through its worker. */
const ENCRYPTION_ATTACHED = 'lk_e2ee';

export interface ConnectRequest {
    readonly url: string;
    readonly token: string;
    readonly identity: string;
}

export interface PublishRequest {
    readonly track: MediaStreamTrack;
    readonly steady: boolean;
    readonly contentHint: 'text' | 'motion';
    readonly degradation: RTCDegradationPreference;
    /** bit/s. */
    readonly maxBitrate: number;
    readonly maxFrameRate: number;
    /** Of the side channel (roomCarrier.ts). */
    readonly topic: () => string | undefined;
}

export interface PublisherEvents {
    reconnecting(): void;
    reconnected(): void;
    /** The SFU is gone for good, or encryption failed. `reason` is a sentence for the person. */
    failed(reason: string): void;
}

export interface Publisher {
    /**
     * Resolves when no more pictures leave (true), or when pictures leave again (false). Calls run one after another, and
     * each reads `held` when it starts.
     */
    hold(held: () => boolean): Promise<void>;
    /** bit/s. */
    limit(maxBitrate: number): Promise<void>;
    prefer(degradation: RTCDegradationPreference): Promise<void>;
    stats(): Promise<RTCStatsReport | undefined>;
    /** Of the side channel, through this connection. */
    readonly carrier: Carrier;
    close(): void;
}

/** A connection made early. Nothing is published on it, and no picture can leave without a key. */
export interface Connection {
    readonly request: ConnectRequest;
    readonly encrypted: EncryptedRoom;
}

/** Connects as `identity` with encryption on. Rejects with a sentence for the person. */
export async function connectPublisher(request: ConnectRequest, keys: KeyRing, workerUrl: string): Promise<Connection> {
    const encrypted = await createEncryptedRoom({ workerUrl, keys, ownIdentity: request.identity });
    const { room } = encrypted;
    try {
        refuseBareSenders(room);
        await orSay(
            room.connect(request.url, request.token, { autoSubscribe: false }),
            'The media server could not be reached, or did not let this device in.',
        );
        if (room.localParticipant.identity !== request.identity) {
            throw new Error('The media server gave this device another name than its key has, so nothing was sent.');
        }
        await encrypted.encryptionOn();
        return { request, encrypted };
    } catch (error) {
        encrypted.close();
        throw error;
    }
}

/**
 * Returns the prepared connection if it fits and is still open, else a new one. Rejects with a sentence for the person.
 */
export async function connectForShare(
    request: ConnectRequest,
    keys: KeyRing,
    workerUrl: string,
    prepared?: Connection,
): Promise<Connection> {
    await keys.settled();
    if (!keys.has(request.identity)) {
        prepared?.encrypted.close();
        throw new Error('There is no key for this share, so nothing was sent.');
    }
    const usable =
        prepared?.request.token === request.token && prepared.encrypted.room.state === ConnectionState.Connected;
    if (prepared && !usable) prepared.encrypted.close();
    return prepared && usable ? prepared : connectPublisher(request, keys, workerUrl);
}

/** Rejects with a sentence for the person. Nothing has been sent then, and the connection is closed. */
export async function publishScreen(
    { encrypted }: Connection,
    request: PublishRequest,
    events: PublisherEvents,
): Promise<Publisher> {
    try {
        return running(encrypted, await publishTrack(encrypted.room, request), request.topic, events);
    } catch (error) {
        encrypted.close();
        throw error;
    }
}

/** The SDK's own words are the cause, for the log. */
async function orSay<T>(work: Promise<T>, sentence: string): Promise<T> {
    try {
        return await work;
    } catch (cause) {
        throw new Error(sentence, { cause });
    }
}

async function publishTrack(room: Room, request: PublishRequest): Promise<LocalTrackPublication> {
    const publication = await orSay(
        room.localParticipant.publishTrack(request.track, publishOptions(request)),
        'The media server did not take the picture, so sharing was stopped.',
    );
    if (!publication.isEncrypted) {
        await room.localParticipant.unpublishTrack(request.track, false);
        throw new Error('The media server does not announce this share as encrypted, so it was stopped.');
    }
    // livekit-client overwrites the hint for some codecs; `motion` would blur text.
    request.track.contentHint = request.contentHint;
    return publication;
}

function publishOptions(request: PublishRequest): TrackPublishOptions {
    return {
        name: request.steady ? STEADY_TRACK : 'screen',
        source: Track.Source.ScreenShare,
        // The E2EE worker refuses AV1, and VP9 under E2EE costs latency and freezes (FACTS).
        videoCodec: 'vp8',
        backupCodec: false,
        simulcast: false,
        degradationPreference: request.degradation,
        screenShareEncoding: { maxBitrate: request.maxBitrate, maxFramerate: request.maxFrameRate },
    };
}

/** Runs after livekit-client's listener has attached the worker, and before the sender is negotiated. */
function refuseBareSenders(room: Room): void {
    room.localParticipant.on(ParticipantEvent.LocalSenderCreated, (sender: RTCRtpSender, track: Track) => {
        if ((sender as RTCRtpSender & Record<string, unknown>)[ENCRYPTION_ATTACHED] === true) return;
        track.mediaStreamTrack.enabled = false;
        void sender.replaceTrack(null);
        throw new Error('A sender was made without encryption.');
    });
}

function running(
    encrypted: EncryptedRoom,
    publication: LocalTrackPublication,
    topic: () => string | undefined,
    events: PublisherEvents,
): Publisher {
    const { room } = encrypted;
    const carrier = createRoomCarrier(room, topic);
    room.on(RoomEvent.Reconnecting, () => events.reconnecting());
    room.on(RoomEvent.Reconnected, () => events.reconnected());
    room.on(RoomEvent.Disconnected, () =>
        events.failed('Sharing stopped: the connection to the media server was lost.'),
    );
    if (room.state === ConnectionState.Disconnected)
        events.failed('Sharing stopped: the connection to the media server was lost.');
    const track = (): LocalTrack | undefined => publication.track;
    return {
        hold: createTrackHold(track),
        async limit(maxBitrate) {
            const sender = track()?.sender;
            if (sender) await limitBitrate(sender, maxBitrate).catch(() => undefined); // the track has ended
        },
        async prefer(degradation) {
            const sender = track()?.sender;
            if (sender) await preferWhenLimited(sender, degradation).catch(() => undefined); // the track has ended
        },
        stats: async () => track()?.sender?.getStats(),
        carrier,
        close() {
            carrier.closed();
            encrypted.close();
        },
    };
}
