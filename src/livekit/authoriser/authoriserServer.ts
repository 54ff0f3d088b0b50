/** Starts and stops the authoriser’s HTTP server. */
import { createServer } from 'node:http';
import { createAuthoriser, type AuthoriserOptions } from './authoriser.ts';

export interface RunningAuthoriser {
    /** `http://<host>:<port>`, without a trailing slash. */
    readonly url: string;
    close(): Promise<void>;
}

/** Listens with the handler of createAuthoriser. Rejects when the port is taken. */
export async function listenAuthoriser(
    options: AuthoriserOptions,
    host: string,
    port: number,
): Promise<RunningAuthoriser> {
    const authoriser = createAuthoriser(options);
    const server = createServer(
        { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000 },
        authoriser.listener,
    );
    server.maxHeadersCount = 64;
    await new Promise<void>((done, fail) => {
        server.once('error', fail);
        server.listen(port, host, done);
    });
    const address = server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    return {
        url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
        close: () =>
            new Promise((done) => {
                authoriser.close();
                server.close(() => done());
                server.closeAllConnections();
            }),
    };
}
