/**
 * The messages between two windows of one person over their socket. Only a process that could read the leader's file
 * gets this far (see leaderFile.ts). Both ends run the same version of Hush, so values keep their shapes (structured
 * clones by V8). Even so, core/account/accountCalls.ts lists the allowed requests.
 */
import { HushError, isHushError, userMessage, type ErrorCode } from '../../core/base/errors.ts';
import type { Change, Mirrored } from './mirrors.ts';

/** The leader's first message. */
export interface Welcome {
    readonly userId: string;
    readonly deviceId: string;
    readonly mirrored: Mirrored;
}
/**
 * Messages that the leader sends by itself. They arrive in order, and before the answer to the request that caused them.
 */
export type LeaderEvent =
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

/** An error in an event loses its class on the way. It is in the field `error` of the argument. */
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
