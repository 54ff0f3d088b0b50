/** Sends our key to devices, and retries for those that did not get it. */
import type { Log } from '../../core/base/log.ts';
import { deviceKey, type RingEvent } from './keyRing.ts';
import type { KeyTransport } from './keyTransport.ts';
import type { Device } from './olmMessages.ts';
import { later, noteFailures, type RoomKeys } from './roomKeys.ts';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

export interface KeySendingOptions {
    readonly transport: Pick<KeyTransport, 'send'>;
    /** A random number from 0 to 1. */
    readonly jitter: () => number;
    readonly dispatch: (room: RoomKeys, event: RingEvent) => void;
    readonly log: Log;
}

interface OwnKey {
    readonly index: number;
    readonly key: string;
}

export function createKeySending({ transport, jitter, dispatch, log }: KeySendingOptions) {
    const send = async (room: RoomKeys, own: OwnKey, devices: readonly Device[], attempt: number): Promise<void> => {
        const { index, key } = own;
        const { delivered, failed, retryAfterMs } = await transport.send(room.roomId, own, devices, room.memberId);
        if (room.ring.own?.key !== key) return; // replaced or stopped meanwhile
        noteFailures(room, failed);
        if (delivered.length > 0) dispatch(room, { kind: 'delivered', index, devices: delivered.map(deviceKey) });
        if (failed.length === 0) return;
        dispatch(room, { kind: 'failed', index, devices: failed.map(({ device }) => deviceKey(device)) });
        const who = failed.map(({ device, reason }) => `${device.userId} ${device.deviceId} (${reason})`).join(', ');
        log.warn(`Media key ${index} not yet delivered to ${who}`);
        const backoff = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
        later(room, retryAfterMs ?? backoff * (0.75 + jitter() / 2), () => {
            // Retries only devices that still lack this key. If a device left meanwhile, the key has changed.
            const still = failed
                .map(({ device }) => device)
                .filter((device) => room.ring.own?.targets.get(deviceKey(device))?.state === 'failed');
            if (room.ring.own?.key === key && still.length > 0) void send(room, own, still, attempt + 1);
        });
    };
    return (room: RoomKeys, own: OwnKey, devices: readonly Device[]): void => void send(room, own, devices, 0);
}
