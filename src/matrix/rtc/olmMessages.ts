/**
 * Our to-device messages, encrypted with Olm. A received message counts only if it was encrypted and the device of its
 * Olm session is the device that it names. The SDK's `encryptAndSendToDevice` hides failures: one missing one-time key
 * fails the whole batch, an unknown device is dropped, and messages are queued without a report. So this file encrypts
 * and sends by itself, for each device separately if needed.
 */
import { ClientEvent, type MatrixClient, type ReceivedToDeviceMessage } from 'matrix-js-sdk/lib/matrix.js';
import * as v from 'valibot';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import { fromSdk } from '../requests/matrixHttp.ts';

export interface Device {
    readonly userId: string;
    readonly deviceId: string;
}
export type SendFailure = 'unknownDevice' | 'noSession' | 'network' | 'refused';

export interface SendOutcome {
    readonly delivered: readonly Device[];
    readonly failed: readonly { readonly device: Device; readonly reason: SendFailure }[];
    /** ms that the server asks to wait. Undefined if it does not say. */
    readonly retryAfterMs: number | undefined;
}
/** A message whose Olm sender was checked. */
interface CheckedMessage<T> {
    readonly sender: Device;
    readonly content: T;
}
export interface OlmMessages {
    /** Makes one attempt. Never rejects. */
    send(type: string, content: Record<string, unknown>, devices: readonly Device[]): Promise<SendOutcome>;
    /**
     * `claimedDevice` reads the sender's device from the content. Undefined: this type of message does not name it. A
     * message that is unencrypted, malformed, or names another device is refused and logged.
     */
    onMessage<T>(
        type: string,
        schema: v.GenericSchema<unknown, T>,
        claimedDevice: (content: T) => string | undefined,
        listener: (message: CheckedMessage<T>) => void,
    ): Disposable;
    /** How many messages of our types were refused. */
    readonly refused: number;
}

export interface OlmMessagesOptions {
    readonly sdk: MatrixClient;
    readonly trackDevices: (userIds: readonly string[]) => Promise<void>;
    readonly log: Log;
}

export function createOlmMessages({ sdk, trackDevices, log }: OlmMessagesOptions): OlmMessages {
    let refused = 0;

    const encrypt = async (
        type: string,
        content: Record<string, unknown>,
        devices: readonly Device[],
    ): Promise<{ sealed: Sealed[]; failed: { device: Device; reason: SendFailure }[] }> => {
        const crypto = sdk.getCrypto();
        if (!crypto) return { sealed: [], failed: devices.map((device) => ({ device, reason: 'noSession' as const })) };
        try {
            const { batch } = await crypto.encryptToDeviceMessages(type, [...devices], content);
            const missing = devices.filter(
                (d) => !batch.some((b) => b.userId === d.userId && b.deviceId === d.deviceId),
            );
            return { sealed: batch, failed: missing.map((device) => ({ device, reason: 'unknownDevice' })) };
        } catch (error) {
            const only = devices[0];
            if (devices.length === 1 && only) {
                log.debug(
                    `No Olm session with ${only.userId} ${only.deviceId}: ${error instanceof Error ? error.message : ''}`,
                );
                return { sealed: [], failed: [{ device: only, reason: isNetwork(error) ? 'network' : 'noSession' }] };
            }
            // A device without a one-time key must not keep the message from the others.
            const each = await Promise.all(devices.map((device) => encrypt(type, content, [device])));
            return { sealed: each.flatMap((e) => e.sealed), failed: each.flatMap((e) => e.failed) };
        }
    };

    return {
        get refused() {
            return refused;
        },
        async send(type, content, devices) {
            if (devices.length === 0) return { delivered: [], failed: [], retryAfterMs: undefined };
            await trackDevices([...new Set(devices.map((d) => d.userId))]).catch((error: unknown) =>
                log.warn('Looking up devices did not work', error),
            );
            const { sealed, failed } = await encrypt(type, content, devices);
            if (sealed.length === 0) return { delivered: [], failed, retryAfterMs: undefined };
            const messages = new Map<string, Map<string, Record<string, unknown>>>();
            for (const { userId, deviceId, payload } of sealed) {
                const ofUser = messages.get(userId) ?? new Map<string, Record<string, unknown>>();
                messages.set(userId, ofUser.set(deviceId, payload));
            }
            const sent = sealed.map(({ userId, deviceId }): Device => ({ userId, deviceId }));
            try {
                await sdk.sendToDevice('m.room.encrypted', messages, sdk.makeTxnId());
                return { delivered: sent, failed, retryAfterMs: undefined };
            } catch (cause) {
                const error = fromSdk(cause, `Sending ${type}`);
                log.warn(`Sending ${type} to ${sent.length} devices did not work`, error);
                const reason: SendFailure = error.code === 'server.refused' ? 'refused' : 'network';
                return {
                    delivered: [],
                    failed: [...failed, ...sent.map((device) => ({ device, reason }))],
                    retryAfterMs: error.retryAfterMs,
                };
            }
        },
        onMessage(type, schema, claimedDevice, listener) {
            const handler = ({ message, encryptionInfo }: ReceivedToDeviceMessage): void => {
                if (message.type !== type) return;
                const sender: unknown = message.sender; // the server's value; its real type is unknown
                const refuse = (why: string): void => {
                    refused++;
                    log.warn(`Refused ${type} from ${String(sender).slice(0, 255)}: ${why}`);
                };
                if (!encryptionInfo) return refuse('it was not encrypted (possible attack)');
                if (encryptionInfo.sender !== message.sender)
                    return refuse('the Olm session belongs to another user (possible attack)');
                const device = encryptionInfo.senderDevice;
                if (!device) return refuse('the device it came from is not known');
                const parsed = v.safeParse(schema, message.content);
                if (!parsed.success) return refuse(`${v.getDotPath(parsed.issues[0]) ?? 'content'} is wrong`);
                if ((claimedDevice(parsed.output) ?? device) !== device)
                    return refuse(`it claims to come from another device than ${device} (possible attack)`);
                listener({ sender: { userId: message.sender, deviceId: device }, content: parsed.output });
            };
            sdk.on(ClientEvent.ReceivedToDeviceMessage, handler);
            return {
                dispose: () => {
                    sdk.off(ClientEvent.ReceivedToDeviceMessage, handler);
                },
            };
        },
    };
}

interface Sealed {
    readonly userId: string;
    readonly deviceId: string;
    readonly payload: Record<string, unknown>;
}

function isNetwork(error: unknown): boolean {
    return fromSdk(error, 'Encrypting').code.startsWith('network.');
}
