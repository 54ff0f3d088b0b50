/**
 * Runs in a browser page: another Matrix client, made of matrix-js-sdk with its own MatrixCall. Driven by
 * `window.client`.
 */
import { createClient, createNewMatrixCall, type MatrixCall, type MatrixClient } from 'matrix-js-sdk';

let sdk: MatrixClient;
let call: MatrixCall | undefined;
let answering = false;

/** Draws its own screen, because a headless test has no picker. */
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
        // The SDK's `CallEventHandlerEvent.Incoming`, which its entry point does not export.
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
    /** Sets whether it accepts every call from now on. */
    answerCalls(all: boolean): void {
        answering = all;
    },
    /** Returns the size of the incoming screen, once it is decoded. */
    async screen(): Promise<{ width: number; height: number } | undefined> {
        const feed = call?.getRemoteFeeds().find((f) => f.purpose === 'm.screenshare');
        if (!feed) return undefined;
        const video = Object.assign(document.createElement('video'), { srcObject: feed.stream, muted: true });
        await video.play();
        return { width: video.videoWidth, height: video.videoHeight };
    },
    /** Makes a voice call to the other person in the room, as Element does first. */
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
