/**
 * Looks up the device of a verification request (`m.key.verification.request`, sent to this device) if it is unknown.
 * Otherwise the crypto library drops the request without a report. This happens when a person signs in elsewhere while
 * this computer sleeps: the new device and its request arrive in one sync.
 */
import { DeviceId, UserId, type KeysQueryRequest, type OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Log } from '../../core/base/log.ts';
import { asRecord } from '../events/rawEvent.ts';

/** The most people per sync. Strangers' requests must not cause a flood of queries. */
const MAX_PEOPLE = 10;

export interface AskedMachine {
    readonly olm: OlmMachine;
    /** Sends the query and gives its answer to the machine. */
    send(request: KeysQueryRequest): Promise<void>;
}

export function knowWhoAsks({ olm, send }: AskedMachine, log: Log): void {
    const receive = olm.receiveSyncChanges.bind(olm);
    olm.receiveSyncChanges = async (toDevice, ...rest) => {
        try {
            const unknown = await unknownAskers(olm, JSON.parse(toDevice));
            if (unknown.length > 0) await send(olm.queryKeysForUsers(unknown.map((id) => new UserId(id))));
        } catch (error) {
            log.warn('The device that asks to verify could not be looked up: its request may be dropped', error);
        }
        return receive(toDevice, ...rest);
    };
}

async function unknownAskers(olm: OlmMachine, events: unknown): Promise<readonly string[]> {
    const unknown = new Set<string>();
    for (const event of Array.isArray(events) ? events : []) {
        const asker = askerOf(event);
        if (!asker || unknown.size >= MAX_PEOPLE) continue;
        const device = await olm.getDevice(new UserId(asker.userId), new DeviceId(asker.deviceId));
        if (!device) unknown.add(asker.userId);
        device?.free();
    }
    return [...unknown];
}

function askerOf(event: unknown): { userId: string; deviceId: string } | undefined {
    const fields = asRecord(event);
    if (fields?.['type'] !== 'm.key.verification.request') return undefined;
    const [userId, deviceId] = [fields['sender'], asRecord(fields['content'])?.['from_device']];
    return typeof userId === 'string' && typeof deviceId === 'string' ? { userId, deviceId } : undefined;
}
