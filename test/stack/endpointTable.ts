/** Reads the tables of docs/matrix.md. They claim that Hush uses these endpoints of a homeserver and no others. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Asked {
    readonly method: string;
    /** With or without a query. */
    readonly path: string;
}
export interface Endpoint {
    readonly method: string;
    /** As written in the table: `{placeholders}` for one part of a path, and `…` for any number of parts. */
    readonly pattern: string;
    /** In the second table: no test server needs this endpoint. */
    readonly elsewhere: boolean;
    fits(asked: Asked): boolean;
}

const PAGE = fileURLToPath(new URL('../../docs/matrix.md', import.meta.url));
const CLIENT = '/_matrix/client/v3';
/** "`GET, PUT /user/{userId}/account_data/{type}`" */
const SPAN = /`((?:GET|POST|PUT|DELETE)(?:, (?:GET|POST|PUT|DELETE))*) (\/[^`]*)`/gu;

export function endpointTable(): Endpoint[] {
    const tables = readFileSync(PAGE, 'utf8').split(/^\| endpoint \|.*$/mu);
    return tables.slice(1).flatMap((table, index) =>
        table
            .trimStart()
            .split(/\n(?!\|)/u, 1)[0]!
            .split('\n')
            .map((row) => row.split('|')[1] ?? '')
            .flatMap((cell) => [...cell.matchAll(SPAN)])
            .flatMap(([, methods = '', pattern = '']) =>
                methods.split(', ').map((method) => endpointOf(method, pattern, index > 0)),
            ),
    );
}

function endpointOf(method: string, pattern: string, elsewhere: boolean): Endpoint {
    const whole = /^\/(?:_matrix|\.well-known)\//u.test(pattern) ? pattern : CLIENT + pattern;
    const source = whole
        .replaceAll(/[.*+?^$()|[\]\\]/gu, '\\$&')
        .replace(/\{\w+\}$/u, '[^/]*') // a state key may be empty
        .replaceAll(/\{\w+\}/gu, '[^/]+')
        .replace(/\/…$/u, '(?:/.*)?');
    const regExp = new RegExp(`^${source}$`, 'u');
    return {
        method,
        pattern,
        elsewhere,
        fits: (asked) => asked.method === method && regExp.test(asked.path.split('?')[0] ?? ''),
    };
}

/** Returns the requests that no table lists. */
export function unlisted(asked: Iterable<Asked>): string[] {
    const table = endpointTable();
    const missing = [...asked].filter((one) => !table.some((endpoint) => endpoint.fits(one)));
    return [...new Set(missing.map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`))].toSorted();
}
