/** JSON-RPC over the local socket of two windows, opened by the owner's secret. */
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
import type { Answer, Told, Welcome } from './wire.ts';

export interface Call {
    /** See core/account/accountCalls.ts. */
    readonly path: string;
    readonly args: readonly unknown[];
}
export const callRequest = new RequestType<Call, Answer, void>('call');
export const callNotice = new NotificationType<Call>('tell');
export const frontNotice = new NotificationType<Record<string, never>>('front');
/** Answered at once by an owner that lives. */
export const pingRequest = new RequestType<Record<string, never>, true, void>('ping');
export const staleNotice = new NotificationType<Record<string, never>>('stale');
export const welcomeNotice = new NotificationType<Welcome>('welcome');
export const toldNotice = new NotificationType<Told>('told');

/** ms for the other end to say the secret. */
const HELLO_WITHIN_MS = 2_000;

/** Messages from here on. The secret must have been exchanged: V8 reads only what a friend wrote. */
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

/** Resolves with whether the other end knows the secret; reads exactly that much of the stream. */
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
