/** JSON-RPC over the local socket between two windows. The leader's secret opens it. */
import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';
import {
    createMessageConnection,
    NotificationType,
    RequestType,
    StreamMessageReader,
    StreamMessageWriter,
    type MessageConnection,
} from 'vscode-jsonrpc/node';
import type { Answer, LeaderEvent, Welcome } from './wire.ts';

export interface WindowRequest {
    /** See core/account/accountCalls.ts. */
    readonly path: string;
    readonly args: readonly unknown[];
}
export const callRequest = new RequestType<WindowRequest, Answer, void>('call');
export const callNotice = new NotificationType<WindowRequest>('tell');
export const frontNotice = new NotificationType<Record<string, never>>('front');
/** A living leader answers at once. */
export const pingRequest = new RequestType<Record<string, never>, true, void>('ping');
export const staleNotice = new NotificationType<Record<string, never>>('stale');
export const welcomeNotice = new NotificationType<Welcome>('welcome');
export const toldNotice = new NotificationType<LeaderEvent>('told');

/** ms in which the other end must send the secret. */
const HELLO_WITHIN_MS = 2_000;

/**
 * Starts the exchange of messages. The other end must have sent the secret before, because V8 may only deserialize data
 * from a trusted sender.
 */
export function openLink(socket: Socket): MessageConnection {
    return createMessageConnection(
        new StreamMessageReader(socket, {
            charset: 'utf-8',
            contentTypeDecoder: { name: 'v8', decode: (bytes) => Promise.resolve(deserialize(bytes)) },
        }),
        new StreamMessageWriter(socket, {
            charset: 'utf-8',
            contentTypeEncoder: { name: 'v8', encode: (message) => Promise.resolve(serialize(message)) },
        }),
    );
}

/** Resolves with true if the other end sends the secret. Reads exactly that many bytes of the stream. */
export async function heardSecret(socket: Socket, secret: string): Promise<boolean> {
    const wanted = Buffer.from(secret);
    const signal = AbortSignal.timeout(HELLO_WITHIN_MS);
    try {
        for (;;) {
            const heard = socket.read(wanted.length) as Buffer | null;
            if (heard) return heard.length === wanted.length && timingSafeEqual(heard, wanted);
            await once(socket, 'readable', { signal });
        }
    } catch {
        return false;
    }
}
