/**
 * What two windows of one person say to each other over their socket. Only a process that could read the owner's file
 * gets this far (see ownerFile.ts), and both run the same version of Hush, so values keep their shapes (structured
 * clones, by V8). What may be asked is listed in core/account/accountCalls.ts all the same.
 */
import { HushError, isHushError, userMessage, type ErrorCode } from '../../core/base/errors.ts';
import type { Change, Mirrored } from './mirrors.ts';

/** First message of the owner. */
export interface Welcome {
    readonly userId: string;
    readonly deviceId: string;
    readonly mirrored: Mirrored;
}
/** What the owner tells by itself; in order, and before the answer to what caused it. */
export type Told =
    | { readonly kind: 'change'; readonly change: Change }
    | { readonly kind: 'event'; readonly path: string; readonly args: readonly unknown[] };

export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

export interface WireError {
    readonly code: ErrorCode;
    readonly message: string;
    readonly retryAfterMs: number | undefined;
}

export function toWire(error: unknown): WireError {
    if (!isHushError(error)) return { code: 'internal', message: userMessage(error, 'This'), retryAfterMs: undefined };
    return { code: error.code, message: error.message, retryAfterMs: error.retryAfterMs };
}

export function fromWire({ code, message, retryAfterMs }: WireError): HushError {
    return new HushError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** An error in an event loses its class on the way; it stands in the field `error` of what is told. */
interface WithError {
    readonly error: unknown;
}
interface WithWireError {
    readonly wireError: WireError;
}

export function toWireArgument(argument: unknown): unknown {
    if (!isObject(argument) || !isHushError((argument as Partial<WithError>).error)) return argument;
    const { error, ...rest } = argument as WithError;
    return { ...rest, wireError: toWire(error) } satisfies WithWireError;
}

export function fromWireArgument(argument: unknown): unknown {
    if (!isObject(argument) || !('wireError' in argument)) return argument;
    const { wireError, ...rest } = argument as WithWireError;
    return { ...rest, error: fromWire(wireError) };
}

function isObject(value: unknown): value is object {
    return typeof value === 'object' && value !== null;
}
