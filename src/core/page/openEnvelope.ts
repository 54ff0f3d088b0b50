/**
 * Checks messages from the other side. A refusal names the wrong place and the expected type, never the value: a
 * malformed `keys.set` must not put a key into the log.
 */
import * as v from 'valibot';
import { envelope } from './envelope.ts';

export interface Address {
    readonly pageId: string;
    readonly generation: number;
}

export type Opened<T> = { readonly ok: true; readonly message: T } | { readonly ok: false; readonly reason: string };

/** Checks envelope, address and message, in this order. */
export function openEnvelope<T>(raw: unknown, address: Address, incoming: v.GenericSchema<unknown, T>): Opened<T> {
    const outer = v.safeParse(envelope, raw);
    if (!outer.success) return refuse(`malformed envelope: ${where(outer.issues)}`);
    const { pageId, generation, message } = outer.output;
    if (pageId !== address.pageId) return refuse('for another page');
    if (generation !== address.generation) {
        return refuse(`stale: generation ${generation}, now ${address.generation}`);
    }
    const inner = v.safeParse(incoming, message);
    if (!inner.success) return refuse(`malformed message ${typeName(message)}: ${where(inner.issues)}`);
    return { ok: true, message: inner.output };
}

function refuse(reason: string): Opened<never> {
    return { ok: false, reason };
}

/** Paths and expected types of the first issues, without the received values. */
function where(issues: readonly v.BaseIssue<unknown>[]): string {
    return issues
        .slice(0, 3)
        .map((issue) => `${v.getDotPath(issue) ?? '(root)'} (${issue.type}${issue.kind === 'schema' ? '' : ' check'})`)
        .join(', ');
}

/** The `type` of a message if it looks like one of ours, for a readable log line. */
function typeName(message: unknown): string {
    if (typeof message !== 'object' || message === null || !('type' in message)) return '(no type)';
    return typeof message.type === 'string' && /^[a-z][a-zA-Z.]{0,40}$/u.test(message.type)
        ? message.type
        : '(odd type)';
}
