/** Runs in a test's browser: a participant that does what Hush must refuse. `openClearPublisher` bundles it. */
import { Room, Track } from 'livekit-client';

interface ClearShare {
    readonly url: string;
    readonly token: string;
    /** Announces the screen as encrypted, but sends it in clear. */
    readonly announceEncrypted: boolean;
    /** Also publishes a camera that is honestly announced as clear. */
    readonly withCamera: boolean;
}

function canvasTrack(): MediaStreamTrack {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 640, height: 360 });
    const context = canvas.getContext('2d');
    let n = 0;
    setInterval(() => {
        if (!context) return;
        context.fillStyle = `hsl(${(n += 7) % 360} 80% 50%)`;
        context.fillRect(0, 0, 640, 360);
    }, 50);
    const track = canvas.captureStream(20).getVideoTracks()[0];
    if (!track) throw new Error('no canvas track');
    return track;
}

async function publishClear({ url, token, announceEncrypted, withCamera }: ClearShare): Promise<void> {
    const room = new Room();
    await room.connect(url, token);
    const announce = (type: 0 | 1): void => {
        (room.localParticipant as unknown as { encryptionType: number }).encryptionType = type; // NONE or GCM
    };
    announce(announceEncrypted ? 1 : 0);
    await room.localParticipant.publishTrack(canvasTrack(), {
        source: Track.Source.ScreenShare,
        simulcast: false,
        backupCodec: false,
    });
    announce(0);
    // After the screen, because livekit-client uses the last announcement of a participant.
    if (withCamera)
        await room.localParticipant.publishTrack(canvasTrack(), { source: Track.Source.Camera, simulcast: false });
}

Object.assign(globalThis, { publishClear });
