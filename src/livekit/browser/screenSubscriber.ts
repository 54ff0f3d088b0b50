/**
 * Watches one screen in a LiveKit room. Subscribes only to that screen, and only if it is announced as encrypted: the
 * SDK would decode a clear track without a warning.
 */
import {
    ConnectionQuality,
    ConnectionState,
    RoomEvent,
    Track,
    type RemoteParticipant,
    type RemoteTrackPublication,
    type Room,
} from 'livekit-client';
import type { Carrier } from './carrier.ts';
import { createEncryptedRoom } from './encryptedRoom.ts';
import type { KeyRing } from './mediaKeys.ts';
import type { PlayoutControl } from './playout/playoutControl.ts';
import { createPlayoutTrack, type PlayoutTrack } from './playout/playoutTrack.ts';
import { createRoomCarrier } from './roomCarrier.ts';
import { STEADY_TRACK } from './screenPublisher.ts';

interface WatchedScreen {
    readonly identity: string;
    /** False: it is refused, and there is no track. */
    readonly encrypted: boolean;
    /** Undefined also until its first frame has come. */
    readonly track: MediaStreamTrack | undefined;
    /** Who decodes the picture. Undefined without a track. */
    readonly playout: PlayoutTrack | undefined;
    /** The sharer deliberately sends nothing. */
    readonly paused: boolean;
    /** The SFU no longer receives the sharer. */
    readonly lost: boolean;
    /** Frames continue while the picture is still. */
    readonly steady: boolean;
    stats(): Promise<RTCStatsReport | undefined>;
}

export interface SubscriberState {
    readonly connection: 'connecting' | 'connected' | 'reconnecting' | 'closed';
    /** Identities of all participants with a screen. */
    readonly screens: readonly string[];
    readonly screen: WatchedScreen | undefined;
}

export interface SubscriberEvents {
    changed(state: SubscriberState): void;
    /**
     * A frame of this participant could not be decrypted. livekit-client reports at most one per second and five per
     * minute.
     */
    decryptionFailed(identity: string | undefined, reason: 'missingKey' | 'invalidKey'): void;
}

export interface Subscriber {
    /** Of the side channel, through this connection. */
    readonly carrier: Carrier;
    close(): void;
}

/** Rejects when the room cannot be joined. The message is the SDK's, for the log. */
export async function watchScreen(
    target: {
        readonly url: string;
        readonly token: string;
        readonly identity: string | null;
        /** Of the side channel (roomCarrier.ts). */
        readonly topic: () => string | undefined;
    },
    keys: KeyRing,
    workerUrl: string,
    control: PlayoutControl,
    events: SubscriberEvents,
): Promise<Subscriber> {
    const encrypted = await createEncryptedRoom({ workerUrl, keys });
    const { room, worker } = encrypted;
    const forget = control.add(worker);
    let chosen = target.identity;
    let playout: { readonly received: MediaStreamTrack; readonly track: PlayoutTrack } | undefined;
    const playoutOf = (received: MediaStreamTrack | undefined): PlayoutTrack | undefined => {
        if (received === playout?.received) return playout?.track;
        playout?.track.close();
        playout = received && { received, track: createPlayoutTrack(worker, received, () => update()) };
        return playout?.track;
    };
    const carrier = createRoomCarrier(room, target.topic);
    const close = (): void => {
        carrier.closed();
        forget();
        playoutOf(undefined);
        encrypted.close();
    };
    const update = (): void => {
        const shared = screensOf(room);
        // Without a named sharer, it shows the first screen, and the next one when that ends.
        if (target.identity === null && !shared.has(chosen ?? '')) chosen = shared.keys().next().value ?? null;
        for (const [identity, publication] of shared) choose(publication, identity === chosen);
        const publication = chosen === null ? undefined : shared.get(chosen);
        const participant = chosen === null ? undefined : room.remoteParticipants.get(chosen);
        events.changed({
            connection: connectionOf(room),
            screens: [...shared.keys()],
            screen: publication && participant ? watched(participant, publication, playoutOf) : undefined,
        });
    };
    for (const event of CHANGES) room.on(event, update);
    room.on(RoomEvent.EncryptionError, (error, participant) => {
        if (error.message.startsWith('MissingKey')) events.decryptionFailed(participant?.identity, 'missingKey');
        else if (error.message.startsWith('InvalidKey')) events.decryptionFailed(participant?.identity, 'invalidKey');
    });
    try {
        await room.connect(target.url, target.token, { autoSubscribe: false });
    } catch (error) {
        close();
        throw error;
    }
    update();
    return { carrier, close };
}

const CHANGES = [
    RoomEvent.ConnectionStateChanged,
    RoomEvent.ParticipantConnected,
    RoomEvent.ParticipantDisconnected,
    RoomEvent.TrackPublished,
    RoomEvent.TrackUnpublished,
    RoomEvent.TrackSubscribed,
    RoomEvent.TrackUnsubscribed,
    RoomEvent.TrackMuted,
    RoomEvent.TrackUnmuted,
    RoomEvent.TrackStreamStateChanged,
    RoomEvent.ConnectionQualityChanged,
    RoomEvent.Reconnected,
] as const;

function screensOf(room: Room): Map<string, RemoteTrackPublication> {
    const found = new Map<string, RemoteTrackPublication>();
    for (const participant of room.remoteParticipants.values()) {
        const publication = participant.getTrackPublication(Track.Source.ScreenShare);
        if (publication?.kind === Track.Kind.Video) found.set(participant.identity, publication);
    }
    return found;
}

function choose(publication: RemoteTrackPublication, wanted: boolean): void {
    const subscribe = wanted && publication.isEncrypted;
    if (publication.isDesired !== subscribe) publication.setSubscribed(subscribe);
}

function watched(
    participant: RemoteParticipant,
    publication: RemoteTrackPublication,
    playoutOf: (received: MediaStreamTrack | undefined) => PlayoutTrack | undefined,
): WatchedScreen {
    const encrypted = publication.isEncrypted;
    const track = encrypted ? publication.track : undefined;
    const playout = playoutOf(track?.mediaStreamTrack);
    return {
        identity: participant.identity,
        encrypted,
        track: playout?.track,
        playout,
        paused: publication.isMuted || track?.streamState === Track.StreamState.Paused,
        lost: participant.connectionQuality === ConnectionQuality.Lost,
        steady: publication.trackName === STEADY_TRACK,
        stats: async () => track?.getRTCStatsReport(),
    };
}

function connectionOf(room: Room): SubscriberState['connection'] {
    switch (room.state) {
        case ConnectionState.Connected:
            return 'connected';
        case ConnectionState.Reconnecting:
        case ConnectionState.SignalReconnecting:
            return 'reconnecting';
        case ConnectionState.Disconnected:
            return 'closed';
        default:
            return 'connecting';
    }
}
