/** A LiveKit room that carries only encrypted media. Without E2EE before the connection there is no room. */
import { Room, RoomEvent, type RoomOptions } from 'livekit-client';
import { MediaKeyProvider, type KeyRing } from './mediaKeys.ts';

/** ms until the E2EE worker must have confirmed. It answers within a few ms after the connection. */
const ENABLE_TIMEOUT_MS = 5_000;

export interface EncryptedRoom {
    readonly room: Room;
    /** Encrypts and decrypts this room's frames. */
    readonly worker: Worker;
    /**
     * Resolves when the worker has confirmed encryption for this participant. Rejects after 5 s without confirmation.
     * Call it once connected.
     */
    encryptionOn(): Promise<void>;
    /** Leaves the room, and ends the worker with every key in it. */
    close(): void;
}

export interface EncryptedRoomOptions {
    /** blob: URL of the worker bundle, because a webview may start workers only from a blob. */
    readonly workerUrl: string;
    readonly keys: KeyRing;
    /** Set when this page publishes. */
    readonly ownIdentity?: string;
}

/** Rejects if the browser cannot encrypt frames, with a sentence for the person. */
export async function createEncryptedRoom(options: EncryptedRoomOptions): Promise<EncryptedRoom> {
    const worker = new Worker(options.workerUrl, { name: 'hush-media' });
    const keyProvider = new MediaKeyProvider(options.keys, options.ownIdentity);
    const close = (): void => {
        keyProvider.close();
        worker.terminate();
    };
    try {
        const room = new Room({
            // `e2ee`, not `encryption`: the latter also encrypts data channels, and Element Call does not expect that.
            e2ee: { keyProvider, worker },
            // A share is watched in one size. Text that the SFU scales down is the problem that Hush avoids.
            adaptiveStream: false,
            dynacast: false,
            stopLocalTrackOnUnpublish: false,
        } satisfies RoomOptions);
        await room.setE2EEEnabled(true);
        return {
            room,
            worker,
            encryptionOn: () => waitForEncryption(room),
            close() {
                room.removeAllListeners();
                // The keys are removed with the worker, once it can send nothing more.
                void room
                    .disconnect()
                    .catch(() => undefined)
                    .finally(close);
            },
        };
    } catch (cause) {
        close();
        throw new Error('This browser cannot encrypt pictures. Use a current Chrome, Edge, Firefox or Safari.', {
            cause,
        });
    }
}

async function waitForEncryption(room: Room): Promise<void> {
    if (room.isE2EEEnabled) return;
    await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => done(new Error('The encryption worker did not start.')), ENABLE_TIMEOUT_MS);
        const done = (error?: Error): void => {
            clearTimeout(timer);
            room.off(RoomEvent.ParticipantEncryptionStatusChanged, check);
            if (error) reject(error);
            else resolve();
        };
        const check = (): void => {
            // The room sets its own flag just before this event.
            if (room.isE2EEEnabled) done();
        };
        room.on(RoomEvent.ParticipantEncryptionStatusChanged, check);
    });
}
