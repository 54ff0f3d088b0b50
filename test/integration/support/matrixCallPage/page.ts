/** Runs in a browser page: another Matrix client, that is matrix-js-sdk with its own MatrixCall. Driven by `window.client`. */
import { createClient, createNewMatrixCall, type MatrixCall, type MatrixClient } from 'matrix-js-sdk';

let sdk: MatrixClient;
let call: MatrixCall | undefined;
let answering = false;

/** A screen of one's own: the picker has no place in a headless test. */
function pictureStream(): MediaStream {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const context = canvas.getContext('2d');
    let i = 0;
    setInterval(() => {
        if (!context) return;
        context.fillStyle = '#fff';
        context.fillRect(0, 0, 640, 360);
        context.fillStyle = '#000';
        context.font = '40px monospace';
        context.fillText(`frame ${i++}`, 40, 100);
    }, 50);
    return canvas.captureStream(20);
}

const client = {
    async start(options: { baseUrl: string; userId: string; deviceId: string; accessToken: string }): Promise<void> {
        navigator.mediaDevices.getDisplayMedia = () => Promise.resolve(pictureStream());
        const audio = new AudioContext();
        navigator.mediaDevices.getUserMedia = () => Promise.resolve(audio.createMediaStreamDestination().stream);
        sdk = createClient({ ...options, forceTURN: false });
        await sdk.initRustCrypto({ useIndexedDB: false });
        // What the SDK's `CallEventHandlerEvent.Incoming` is; its entry point does not name it.
        sdk.on(
            'Call.incoming' as never,
            ((incoming: MatrixCall) => {
                call = incoming;
                if (answering) void incoming.answer(true, false);
            }) as never,
        );
        sdk.on('Call.replaced' as never, (() => undefined) as never);
        const synced = new Promise<void>((resolve) =>
            sdk.on(
                'sync' as never,
                ((state: string) => {
                    if (state === 'PREPARED') resolve();
                }) as never,
            ),
        );
        await sdk.startClient();
        await synced;
    },
    /** Whether it takes every call from now on. */
    answerCalls(all: boolean): void {
        answering = all;
    },
    /** Size of the screen that comes in, once it is decoded. */
    async screen(): Promise<{ width: number; height: number } | undefined> {
        const feed = call?.getRemoteFeeds().find((f) => f.purpose === 'm.screenshare');
        if (!feed) return undefined;
        const video = Object.assign(document.createElement('video'), { srcObject: feed.stream, muted: true });
        await video.play();
        return { width: video.videoWidth, height: video.videoHeight };
    },
    /** Calls the other person of the room by voice, which is where Element starts. */
    async callRoom(roomId: string, invitee?: string): Promise<void> {
        call = createNewMatrixCall(sdk, roomId, invitee === undefined ? {} : { invitee }) ?? undefined;
        call?.on(
            'replaced' as never,
            ((next: MatrixCall) => {
                call = next;
            }) as never,
        );
        await call?.placeVoiceCall();
    },
    share: (on: boolean): Promise<boolean | undefined> => Promise.resolve(call?.setScreensharingEnabled(on)),
    state: (): string | undefined => call?.state,
    hangUp: (): void => call?.hangup('user_hangup' as never, false),
};
export type TestClient = typeof client;
Object.assign(window, { client });
