/**
 * Receives the redirect from the browser after a sign-in (RFC 8252, section 7.3): one address on 127.0.0.1, for one
 * answer. Other processes and web pages can reach the port too. So the answer must have the one-time state, the Host
 * must be ours, and a second answer is refused. A redirect removes the token from the address bar at once.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RedirectServer {
    /** The redirect address as this machine sees it. It contains no secret. */
    readonly url: string;
    /** Goes to the server and comes back as the parameter `state`. */
    readonly state: string;
    /** The parameters of the one valid answer. Never rejects. Stays pending if the server closes first. */
    readonly answer: Promise<URLSearchParams>;
    /** Accepts another name of this address, given by a port forwarder. */
    allow(authority: string): void;
    close(): void;
}

const PATH = '/signed-in';
const DONE = '/done';
/** Time in ms in which the browser can fetch the "done" page after the answer. */
const LINGER_MS = 10_000;

/** Rejects if no port can be opened. `refused` gets reasons for the log. */
export async function startRedirectServer(refused: (reason: string) => void): Promise<RedirectServer> {
    const state = randomBytes(32).toString('base64url');
    const { promise, resolve } = Promise.withResolvers<URLSearchParams>();
    const authorities = new Set<string>();
    let used = false;

    const answer = (request: IncomingMessage): [status: number, location?: string] => {
        const host = request.headers.host?.toLowerCase() ?? '';
        if (!authorities.has(host)) return [421];
        if (request.method !== 'GET') return [405];
        const url = URL.parse(request.url ?? '', `http://${host}`);
        if (url?.pathname === DONE) return [200];
        if (url?.pathname !== PATH) return [404];
        if (!sameSecret(url.searchParams.get('state') ?? '', state)) {
            refused('the state was wrong');
            return [403];
        }
        if (used) {
            refused('it was used already');
            return [410];
        }
        used = true;
        resolve(url.searchParams);
        return [303, DONE];
    };
    const server = createServer((request, response) => reply(response, ...answer(request)));
    await new Promise<void>((ready, fail) => {
        server.once('error', fail);
        server.listen(0, '127.0.0.1', ready);
    });
    const end = (): void => {
        server.close();
        server.closeAllConnections();
    };
    const { port } = server.address() as AddressInfo;
    for (const name of ['127.0.0.1', 'localhost']) authorities.add(`${name}:${port}`);
    return {
        url: `http://127.0.0.1:${port}${PATH}`,
        state,
        answer: promise,
        allow: (authority) => authorities.add(authority.toLowerCase()),
        close() {
            // The browser still fetches the page that says "done".
            setTimeout(end, used ? LINGER_MS : 0).unref();
        },
    };
}

const SENTENCES: Readonly<Record<number, string>> = {
    200: 'You can close this page and go back to VS Code.',
    403: 'This page was not opened by a sign-in that Hush began.',
    410: 'This sign-in was used already. Begin again in VS Code.',
};
const STYLE =
    'body{font:16px/1.5 system-ui,sans-serif;margin:20vh auto;max-width:32em;text-align:center;color-scheme:light dark}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

function reply(response: ServerResponse, status: number, location?: string): void {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('X-Frame-Options', 'DENY');
    response.setHeader('Connection', 'close');
    if (location !== undefined) return void response.writeHead(status, { Location: location }).end();
    const sentence = SENTENCES[status];
    if (sentence === undefined) return void response.writeHead(status).end();
    response.setHeader(
        'Content-Security-Policy',
        `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'`,
    );
    response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(
        `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Hush</title><style>${STYLE}</style><h1>Hush</h1><p>${sentence}</p></html>`,
    );
}

function sameSecret(a: string, b: string): boolean {
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(a), digest(b));
}
