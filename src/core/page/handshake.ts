/**
 * How a page on loopback proves that VS Code opened it, and learns what it was opened for. The page's first message
 * carries the one-time token from its URL fragment. The answer carries the page's address. In a webview VS Code itself
 * is the proof, and the address is in the page's HTML.
 */
import * as v from 'valibot';
import { PROTOCOL_VERSION } from './envelope.ts';

/** 256 bits, base64url without padding. */
export const TOKEN_PATTERN = /^[\w-]{43}$/u;

export const hello = v.object({
    hush: v.literal(PROTOCOL_VERSION),
    hello: v.pipe(v.string(), v.regex(TOKEN_PATTERN)),
});
export type Hello = v.InferOutput<typeof hello>;

export const welcome = v.object({
    hush: v.literal(PROTOCOL_VERSION),
    welcome: v.object({
        pageId: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
        generation: v.pipe(v.number(), v.integer(), v.minValue(0)),
    }),
});
export type Welcome = v.InferOutput<typeof welcome>;

/** Relative to the page, so that a proxy before the extension host may add a path. */
export const CHANNEL_PATH = 'channel';

/** WebSocket close codes of the loopback server (RFC 6455 section 7.4.2: 4000-4999 are private). */
export const closeCodes = {
    /** The host no longer needs this page. */
    finished: 4000,
    /** The token was wrong, used or expired, or did not arrive in time. */
    refused: 4401,
    /** Another tab already has this share. */
    taken: 4409,
} as const;

/**
 * The host posts this to a page in a webview every {@link HEARTBEAT_MS}, beside the channel. The page posts it back.
 */
export const HEARTBEAT = 'hush-heartbeat';
export const HEARTBEAT_MS = 2_000;
/**
 * After this many missed heartbeats, by the page's clock, the page assumes that the host is dead. A webview outlives a
 * crash of its host.
 */
export const HEARTBEATS_MISSED = 3;
