/**
 * Serves the page to the person's own browser, on 127.0.0.1 and for one share. Other processes and web pages on the
 * machine can reach the port too. So the page contains no secret, and the channel needs the one-time token. The Host
 * header stops DNS rebinding, the Origin header stops foreign pages, and a second connection is refused.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import * as v from 'valibot';
import { WebSocketServer, type WebSocket } from 'ws';
import { CHANNEL_PATH, closeCodes, hello, type Welcome } from '../../../core/page/handshake.ts';
import { PROTOCOL_VERSION } from '../../../core/page/envelope.ts';
import type { PageFile } from './pageFiles.ts';
import { connectSources, contentSecurityPolicy } from '../../shell/pageHtml.ts';

/** In bytes. The largest message of a page is a list of identities. */
const MAX_MESSAGE = 256 * 1024;
/** Limit for connections that have not shown a token yet. */
const MAX_STRANGERS = 4;

export interface LoopbackTimes {
    /** ms after which an unused token is invalid. */
    readonly unusedToken: number;
    /** ms in which a connection must show its token. */
    readonly hello: number;
    /** ms between heartbeats. A page that misses two is gone. */
    readonly heartbeat: number;
}

const TIMES: LoopbackTimes = { unusedToken: 5 * 60_000, hello: 5_000, heartbeat: 2_000 };

export interface LoopbackOptions {
    readonly pageId: string;
    readonly generation: number;
    /** By path without the leading slash. The page itself has the empty path. */
    readonly files: ReadonlyMap<string, PageFile>;
    readonly connectOrigins: readonly string[];
    readonly onData: (data: unknown) => void;
    /** Called once when the page is gone or never came. The server has ended by then. Not called after `close`. */
    readonly onClosed: (reason: string) => void;
    /** Gets the reasons for refusals, for the log. */
    readonly onRefused?: (reason: string) => void;
    readonly times?: Partial<LoopbackTimes>;
}

export interface LoopbackServer {
    readonly port: number;
    /** Does not contain the token. */
    readonly url: string;
    /** Goes into the URL fragment, which no server or proxy sees. */
    readonly token: string;
    /** Accepts another name of this page, given by a port forwarder. */
    allow(external: { readonly scheme: string; readonly authority: string }): void;
    send(data: unknown): void;
    close(): void;
}

/** Rejects if no port can be opened. */
export async function startLoopbackServer(options: LoopbackOptions): Promise<LoopbackServer> {
    const times = { ...TIMES, ...options.times };
    const token = randomBytes(32).toString('base64url');
    const authorities = new Map<string, string>();
    const strangers = new Set<WebSocket>();
    let page: WebSocket | undefined;
    let ended = false;

    const server = createServer((request, response) => serve(request, response, options, authorities));
    await listening(server);
    const { port } = server.address() as AddressInfo;
    for (const name of ['127.0.0.1', 'localhost']) authorities.set(`${name}:${port}`, 'http');

    const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE });
    const end = (reason?: string): void => {
        if (ended) return;
        ended = true;
        clearTimeout(unused);
        clearInterval(heartbeat);
        const polite = page?.readyState === page?.OPEN;
        if (polite) page?.close(closeCodes.finished);
        for (const socket of strangers) socket.terminate();
        server.close();
        if (!polite) server.closeAllConnections();
        // The port must close even if the browser does not answer the close.
        else
            setTimeout(() => {
                page?.terminate();
                server.closeAllConnections();
            }, 1_000).unref();
        if (reason !== undefined) options.onClosed(reason);
    };
    const unused = setTimeout(() => end('The sharing page was not opened in time.'), times.unusedToken);
    let answered = true;
    const heartbeat = setInterval(() => {
        if (!page) return;
        if (!answered) return page.terminate();
        answered = false;
        page.ping();
    }, times.heartbeat);

    const accept = (socket: WebSocket): void => {
        strangers.delete(socket);
        page = socket;
        answered = true;
        clearTimeout(unused);
        socket.on('pong', () => {
            answered = true;
        });
        socket.on('close', () => end('The sharing page was closed in the browser.'));
        const { pageId, generation } = options;
        socket.send(JSON.stringify({ hush: PROTOCOL_VERSION, welcome: { pageId, generation } } satisfies Welcome));
    };
    const greet = (socket: WebSocket): void => {
        strangers.add(socket);
        const late = setTimeout(() => socket.close(closeCodes.refused), times.hello);
        socket.on('error', () => socket.terminate());
        socket.on('close', () => {
            clearTimeout(late);
            strangers.delete(socket);
        });
        socket.on('message', (raw) => {
            const data = parse(raw);
            if (socket === page) return options.onData(data);
            clearTimeout(late);
            const said = v.safeParse(hello, data);
            const right = said.success && sameSecret(said.output.hello, token);
            if (right && !page && !ended) return accept(socket);
            options.onRefused?.(right ? 'the token was used already' : 'the token was wrong');
            socket.close(right ? closeCodes.taken : closeCodes.refused);
        });
    };
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        const refusal = refuseUpgrade(request, authorities, strangers.size);
        if (refusal) {
            options.onRefused?.(refusal);
            socket.on('error', () => socket.destroy()); // a stranger that hangs up early is no error of ours
            socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
            return;
        }
        sockets.handleUpgrade(request, socket, head, greet);
    });

    return {
        port,
        url: `http://127.0.0.1:${port}/`,
        token,
        allow: ({ scheme, authority }) => authorities.set(authority.toLowerCase(), scheme),
        send(data) {
            if (page?.readyState === page?.OPEN) page?.send(JSON.stringify(data));
        },
        close: () => end(),
    };
}

function refuseUpgrade(
    request: IncomingMessage,
    authorities: ReadonlyMap<string, string>,
    strangers: number,
): string | undefined {
    const host = request.headers.host?.toLowerCase() ?? '';
    const scheme = authorities.get(host);
    if (scheme === undefined) return 'the Host header was foreign';
    const ours = [...authorities].some(([authority, s]) => request.headers.origin === `${s}://${authority}`);
    if (!ours) return 'the Origin header was foreign';
    if (pathOf(request) !== CHANNEL_PATH) return 'the path was not the channel';
    return strangers >= MAX_STRANGERS ? 'too many connections without a token' : undefined;
}

function serve(
    request: IncomingMessage,
    response: ServerResponse,
    options: LoopbackOptions,
    authorities: ReadonlyMap<string, string>,
): void {
    const host = request.headers.host?.toLowerCase() ?? '';
    const scheme = authorities.get(host);
    const file = scheme === undefined ? undefined : options.files.get(pathOf(request));
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    response.setHeader('X-Frame-Options', 'DENY');
    response.setHeader('Permissions-Policy', 'display-capture=(self), camera=(), microphone=(), geolocation=()');
    if (scheme === undefined) return void response.writeHead(421).end();
    if (request.method !== 'GET' && request.method !== 'HEAD')
        return void response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    if (!file) return void response.writeHead(404).end();
    // In some browsers, 'self' does not include the WebSocket of the same origin.
    const channel = `${scheme === 'https' ? 'wss' : 'ws'}://${host}`;
    const policy = contentSecurityPolicy({
        self: "'self'",
        script: "'self'",
        connect: [channel, ...connectSources(options.connectOrigins)],
    });
    response.setHeader('Content-Security-Policy', `${policy}; frame-ancestors 'none'`);
    response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': Buffer.byteLength(file.body) });
    response.end(request.method === 'HEAD' ? undefined : file.body);
}

function pathOf(request: IncomingMessage): string {
    return (request.url ?? '/').replace(/[?#].*$/u, '').slice(1);
}

function sameSecret(a: string, b: string): boolean {
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(a), digest(b));
}

function parse(raw: unknown): unknown {
    try {
        return JSON.parse(String(raw)) as unknown;
    } catch {
        return undefined;
    }
}

async function listening(server: Server): Promise<void> {
    await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            server.off('error', reject);
            resolve();
        });
    });
}
