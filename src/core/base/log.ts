/** Logging with redaction: no token, key, SDP or message body reaches the output channel. */

export interface Log {
    debug(text: string): void;
    info(text: string): void;
    warn(text: string, error?: unknown): void;
    error(text: string, error?: unknown): void;
}

const REDACTIONS: readonly (readonly [RegExp, string])[] = [
    [/\bBearer\s+\S+/giu, 'Bearer …'],
    [/\b(?:syt|syr|mat|mct|mcr|syl|mas)_[\w.~+/=-]+/gu, '…token…'],
    [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/gu, '…jwt…'],
    [/(:\/\/)[^\s/@]+@/gu, '$1…@'],
    [/([?&#](?:access_token|token|loginToken|code|state)=)[^&\s#"']+/giu, '$1…'],
    [
        /("?(?:access_token|refresh_token|password|token|jwt|key|session_key|secret|ciphertext|body|sdp)"?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s,}"]+)/giu,
        '$1"…"',
    ],
    [/\bv=0\r?\n(?:[a-z]=.*\r?\n?)+/gu, '…sdp…'],
];

/** The longest line. An SDK that dumps an object must not flood the log. */
const MAX_LENGTH = 2_000;

export function redact(text: string): string {
    let out = text;
    // Redacts before it cuts the line: a secret without its end does not match the patterns.
    for (const [pattern, replacement] of REDACTIONS) out = out.replace(pattern, replacement);
    return out.length > MAX_LENGTH ? `${out.slice(0, MAX_LENGTH)}…` : out;
}

/** Messages and codes of an error and its causes, redacted. The stack is added only for errors that are not ours. */
export function describeError(error: unknown): string {
    const parts: string[] = [];
    for (let e = error, depth = 0; e !== undefined && e !== null && depth < 4; depth++) {
        if (e instanceof Error) {
            const code = 'code' in e ? ` [${String(e.code)}]` : '';
            const stack = e.name === 'HushError' ? '' : `\n${(e.stack ?? '').split('\n').slice(1, 6).join('\n')}`;
            parts.push(`${e.name}${code}: ${e.message}${stack}`);
            e = e.cause;
        } else {
            // The fields of an object may hold secrets: only its kind is named.
            parts.push(isPrimitive(e) ? String(e) : Object.prototype.toString.call(e));
            break;
        }
    }
    return redact(parts.join(' ← '));
}

type Primitive = string | number | boolean | bigint | symbol;
const isPrimitive = (value: unknown): value is Primitive => Object(value) !== value;

export interface LogSink {
    debug(text: string): void;
    info(text: string): void;
    warn(text: string): void;
    error(text: string): void;
}

export function createLog(sink: LogSink): Log {
    const line = (text: string, error?: unknown): string =>
        error === undefined ? redact(text) : `${redact(text)}: ${describeError(error)}`;
    return {
        debug: (text) => sink.debug(redact(text)),
        info: (text) => sink.info(redact(text)),
        warn: (text, error) => sink.warn(line(text, error)),
        error: (text, error) => sink.error(line(text, error)),
    };
}
