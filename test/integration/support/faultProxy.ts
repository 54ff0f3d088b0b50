/**
 * A proxy between one person and the homeserver that fails as a test wants. It answers instead of the homeserver,
 * changes answers, or holds them back. Other traffic passes.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Passing {
    readonly method: string;
    readonly path: string;
    readonly body: string;
}
export type Fault =
    /** The proxy answers without the homeserver. */
    | { readonly kind: 'refuse'; readonly status: number; readonly body?: unknown }
    /** The homeserver handles the request, but the connection breaks before its answer arrives. */
    | { readonly kind: 'loseAnswer' }
    /** The connection breaks before the homeserver gets the request. */
    | { readonly kind: 'hangUp' }
    /** The homeserver's answer, changed. */
    | { readonly kind: 'change'; readonly with: (body: never) => unknown };

export interface FaultProxy {
    readonly url: string;
    /** The requests that passed, oldest first. */
    readonly seen: readonly Passing[];
    /** Applies the fault that `rule` returns to a request; undefined lets it pass. Replaces the rule before. */
    meddle(rule: ((passing: Passing) => Fault | undefined) | undefined): void;
    /** Holds back the answers to matching requests, also to earlier ones, until the returned function is called. */
    holdAnswers(fits: (passing: Passing) => boolean): () => void;
    /** Neither reads nor forwards matching requests until the returned function is called, like a slow line. */
    holdRequests(fits: (passing: Omit<Passing, 'body'>) => boolean): () => void;
    /** From now on, the homeserver's clock seems to be this many ms behind. */
    setClockBehind(ms: number): void;
    /** For `OpenOptions.fetch`: sends requests for the homeserver through this proxy. */
    readonly fetch: typeof fetch;
    until(holds: (seen: readonly Passing[]) => boolean): Promise<void>;
    stop(): Promise<void>;
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
    const seen: Passing[] = [];
    const waiting = new Set<() => void>();
    let rule: ((passing: Passing) => Fault | undefined) | undefined;
    let behind = 0;
    const holds = new Map<(passing: Passing) => boolean, PromiseWithResolvers<void>>();
    const stopped = new Map<(passing: Omit<Passing, 'body'>) => boolean, PromiseWithResolvers<void>>();
    const hold = <F>(all: Map<F, PromiseWithResolvers<void>>, fits: F): (() => void) => {
        const held = Promise.withResolvers<void>();
        all.set(fits, held);
        return () => {
            all.delete(fits);
            held.resolve();
        };
    };
    const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
        const { method = 'GET', url: path = '/' } = request;
        for (const [fits, { promise }] of stopped) if (fits({ method, path })) await promise;
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const body = Buffer.concat(chunks);
        const passing = { method, path, body: body.toString('utf8') };
        const fault = rule?.(passing);
        seen.push(passing);
        for (const check of waiting) check();
        if (fault?.kind === 'hangUp') return void request.socket.destroy();
        if (fault?.kind === 'refuse') {
            response.writeHead(fault.status, { 'Content-Type': 'application/json' });
            response.end(JSON.stringify(fault.body ?? { errcode: 'M_UNKNOWN', error: 'by the proxy' }));
            return;
        }
        const headers: Record<string, string> = {};
        for (const name of ['authorization', 'content-type'] as const) {
            const value = request.headers[name];
            if (value !== undefined) headers[name] = value;
        }
        // Abort as without a proxy. Otherwise Synapse lets a repeated request wait for a /sync that nobody needs any
        // more.
        const gone = new AbortController();
        if (method === 'GET') response.once('close', () => gone.abort());
        const answer = await fetch(`${target}${passing.path}`, {
            method: passing.method,
            headers,
            signal: gone.signal,
            ...(body.length > 0 ? { body } : {}),
        });
        const bytes = Buffer.from(await answer.arrayBuffer()); // media are not text
        for (const [fits, { promise }] of holds) if (fits(passing)) await promise;
        if (fault?.kind === 'loseAnswer') return void request.socket.destroy();
        const changed =
            fault?.kind === 'change' ? JSON.stringify(fault.with(JSON.parse(bytes.toString('utf8')) as never)) : bytes;
        response.writeHead(answer.status, {
            'Content-Type': answer.headers.get('content-type') ?? 'application/json',
            Date: new Date(Date.now() - behind).toUTCString(),
        });
        response.end(changed);
    };
    const server = createServer((request, response) => {
        handle(request, response).catch(() => request.socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
        url,
        seen,
        meddle(next) {
            rule = next;
        },
        setClockBehind(ms) {
            behind = ms;
        },
        holdAnswers: (fits) => hold(holds, fits),
        holdRequests: (fits) => hold(stopped, fits),
        fetch: (input, init) => fetch(String(input instanceof Request ? input.url : input).replace(target, url), init),
        async until(holds) {
            const { promise, resolve } = Promise.withResolvers<void>();
            const check = (): void => {
                if (holds(seen)) resolve();
            };
            waiting.add(check);
            check();
            await promise;
            waiting.delete(check);
        },
        async stop() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}
