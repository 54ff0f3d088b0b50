/**
 * A bare livekit-client page with E2EE for the bench: what LiveKit's SDK does with a shared screen without Hush. It
 * captures and sends with the same settings as Hush. Its page has `window.bare`.
 */
import { ExternalE2EEKeyProvider, Room, RoomEvent, Track } from 'livekit-client';
import { chooseBitrate } from '../../../src/webview/capture/encoding.ts';
import { captureLikeHush } from './captureLikeHush.ts';

export interface BareLiveKit {
    capture(): Promise<void>;
    publish(url: string, token: string): Promise<void>;
    watch(url: string, token: string): Promise<void>;
}

const video = document.querySelector('video');
if (!video) throw new Error('no video');
video.muted = true;
let stream: MediaStream | undefined;

const open = async (): Promise<Room> => {
    const keyProvider = new ExternalE2EEKeyProvider();
    const room = new Room({ e2ee: { keyProvider, worker: new Worker('/bareWorker.js') } });
    await keyProvider.setKey('a key of the bench');
    await room.setE2EEEnabled(true);
    return room;
};
const bare: BareLiveKit = {
    async capture() {
        stream = await captureLikeHush(video);
    },
    async publish(url, token) {
        const room = await open();
        await room.connect(url, token, { autoSubscribe: false });
        const [track] = stream?.getVideoTracks() ?? [];
        if (!track) throw new Error('nothing was captured');
        await room.localParticipant.publishTrack(track, {
            source: Track.Source.ScreenShare,
            videoCodec: 'vp8',
            backupCodec: false,
            simulcast: false,
            degradationPreference: 'maintain-resolution',
            screenShareEncoding: { maxBitrate: chooseBitrate(video.videoWidth, video.videoHeight), maxFramerate: 30 },
        });
        track.contentHint = 'text';
    },
    async watch(url, token) {
        const room = await open();
        room.on(RoomEvent.TrackSubscribed, (track) => {
            if (track.kind !== Track.Kind.Video) return;
            video.srcObject = new MediaStream([track.mediaStreamTrack]);
            void video.play();
        });
        await room.connect(url, token);
    },
};
Object.assign(window, { bare });
