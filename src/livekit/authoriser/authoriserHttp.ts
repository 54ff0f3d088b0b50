/** Requests and answers of the authoriser: limited bodies, JSON, CORS. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Requests are about 500 bytes. OpenID tokens of other homeservers may be longer than those of Synapse. */
const MAX_BODY_BYTES = 16 * 1024;

// Element Call is a page of another origin. No cookies are used, so any origin may send requests.
const CORS = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'POST, GET, OPTIONS',
    'Access-Control-Allow-Headers': 'Accept, Content-Type, Authorization, X-Requested-With, X-CSRF-Token',
    'Access-Control-Max-Age': '86400',
};

/** An error answer in Matrix's form: `{"errcode":…,"error":…}`. */
export class HttpProblem extends Error {
    override readonly name = 'HttpProblem';
    readonly status: number;
    readonly errcode: string;
    /** Milliseconds, only for M_LIMIT_EXCEEDED. */
    readonly retryAfterMs: number | undefined;

    constructor(status: number, errcode: string, message: string, retryAfterMs?: number) {
        super(message);
        this.status = status;
        this.errcode = errcode;
        this.retryAfterMs = retryAfterMs;
    }
}

/** Returns the parsed body. Rejects with an HttpProblem when it is too long, incomplete or not JSON. */
export async function readJson(incoming: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
        // Leaving the loop must not destroy the connection, which still carries the answer.
        for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
            bytes += chunk.length;
            if (bytes > MAX_BODY_BYTES) break;
            chunks.push(chunk);
        }
    } catch {
        throw new HttpProblem(400, 'M_NOT_JSON', 'The body ended early.');
    }
    if (bytes > MAX_BODY_BYTES)
        throw new HttpProblem(413, 'M_TOO_LARGE', `The body is longer than ${MAX_BODY_BYTES} bytes.`);
    try {
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
    } catch {
        throw new HttpProblem(400, 'M_NOT_JSON', 'The body is not JSON.');
    }
}

/** Sends an answer with the CORS headers that every browser client needs. Returns '' for the log. */
export function sendJson(outgoing: ServerResponse, status: number, body?: unknown): string {
    const headers = {
        ...CORS,
        'Cache-Control': 'no-store',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    };
    outgoing.writeHead(status, headers);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    return '';
}

/** Sends a problem. If the body was not fully read, the connection closes. */
export function sendProblem(outgoing: ServerResponse, problem: HttpProblem): void {
    if (outgoing.headersSent || outgoing.destroyed) return;
    const { retryAfterMs } = problem;
    if (problem.status === 413) outgoing.setHeader('Connection', 'close');
    if (retryAfterMs !== undefined) outgoing.setHeader('Retry-After', String(Math.ceil(retryAfterMs / 1000)));
    const retry = retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs };
    sendJson(outgoing, problem.status, { errcode: problem.errcode, error: problem.message, ...retry });
}
