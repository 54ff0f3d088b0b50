/** The authoriser’s settings, from environment variables. */
import type { HomeserverOptions } from './homeserver.ts';
import { CALL_SOURCES, isServerName, SCREEN_SOURCES, type Source } from '../tokens/claims.ts';

/** What `npm run livekit-auth` reads from the environment. */
export interface AuthoriserConfig {
    readonly livekitUrl: string;
    readonly apiKey: string;
    readonly apiSecret: string;
    readonly fullAccessHomeservers: readonly string[];
    readonly homeservers: ReadonlyMap<string, string>;
    readonly sources: readonly Source[];
    readonly trustForwardedFor: boolean;
    readonly homeserver: HomeserverOptions | undefined;
    readonly host: string;
    readonly port: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration. `readFile` reads LIVEKIT_API_SECRET_FILE and LIVEKIT_API_KEY_FILE. Throws an Error with one
 * sentence that names the variable and an example.
 */
export function readConfig(env: Environment, readFile: (path: string) => string): AuthoriserConfig {
    const value = (name: string): string | undefined => env[name]?.trim() || undefined;
    const secret = (name: string, example: string): string => {
        const file = value(`${name}_FILE`);
        const found = file === undefined ? value(name) : readFile(file).trim() || undefined;
        return found ?? missing(name, `${example} (or the path of a file with it in ${name}_FILE)`);
    };
    const livekitUrl = value('LIVEKIT_URL') ?? missing('LIVEKIT_URL', 'wss://livekit.example.org');
    if (!/^wss?:\/\/[^/]/.test(livekitUrl))
        throw new Error('LIVEKIT_URL must begin with wss:// (or ws:// for a test).');
    const access =
        value('LIVEKIT_FULL_ACCESS_HOMESERVERS') ??
        missing('LIVEKIT_FULL_ACCESS_HOMESERVERS', 'example.org, or * for every homeserver');
    const { host, port } = readBind(value('HUSH_AUTH_BIND') ?? '127.0.0.1:8080');
    return {
        livekitUrl,
        apiKey: secret('LIVEKIT_API_KEY', "the name of the key in LiveKit's configuration"),
        apiSecret: secret('LIVEKIT_API_SECRET', 'the secret of that key'),
        fullAccessHomeservers: readServers(access),
        homeservers: readMap(value('HUSH_AUTH_HOMESERVERS') ?? ''),
        sources: value('HUSH_AUTH_SOURCES') === 'screen' ? SCREEN_SOURCES : CALL_SOURCES,
        homeserver: readHomeserver(value, secret),
        trustForwardedFor: value('HUSH_AUTH_TRUST_FORWARDED_FOR') === 'true',
        host,
        port,
    };
}

/** Of the application service's registration. All of it, or none. */
function readHomeserver(
    value: (name: string) => string | undefined,
    secret: (name: string, example: string) => string,
): HomeserverOptions | undefined {
    const baseUrl = value('HUSH_AUTH_HOMESERVER_URL');
    if (baseUrl === undefined) return undefined;
    if (!/^https?:\/\/[^/]/.test(baseUrl))
        throw new Error('HUSH_AUTH_HOMESERVER_URL must be an address such as http://127.0.0.1:8008.');
    const serverName = value('HUSH_AUTH_SERVER_NAME') ?? missing('HUSH_AUTH_SERVER_NAME', 'example.org');
    if (!isServerName(serverName))
        throw new Error(`HUSH_AUTH_SERVER_NAME: "${serverName}" is not a server name such as example.org.`);
    return {
        baseUrl,
        serverName,
        asToken: secret('HUSH_AUTH_AS_TOKEN', 'the as_token of the registration'),
        hsToken: secret('HUSH_AUTH_HS_TOKEN', 'the hs_token of the registration'),
    };
}

function missing(name: string, example: string): never {
    throw new Error(`${name} is not set: it must be ${example}.`);
}

function readServers(text: string): string[] {
    const names = list(text);
    const wrong = names.find((name) => name !== '*' && !isServerName(name));
    if (wrong !== undefined)
        throw new Error(`LIVEKIT_FULL_ACCESS_HOMESERVERS: "${wrong}" is not a server name such as example.org.`);
    return names;
}

/** `example.org=https://matrix.example.org,other.org=http://127.0.0.1:8008` */
function readMap(text: string): Map<string, string> {
    const map = new Map<string, string>();
    for (const entry of list(text)) {
        const at = entry.indexOf('=');
        const [name, url] = [entry.slice(0, at), entry.slice(at + 1)];
        if (at < 1 || !isServerName(name) || !/^https?:\/\/[^/]/.test(url)) {
            throw new Error(`HUSH_AUTH_HOMESERVERS: "${entry}" must look like example.org=https://matrix.example.org.`);
        }
        map.set(name, url);
    }
    return map;
}

function readBind(text: string): { host: string; port: number } {
    const match = /^(.*):(\d{1,5})$/.exec(text);
    const port = Number(match?.[2]);
    const host = match?.[1]?.replace(/^\[|\]$/g, '');
    if (host === undefined || port > 65_535)
        throw new Error('HUSH_AUTH_BIND must be an address and a port, such as 127.0.0.1:8080.');
    return { host: host === '' ? '0.0.0.0' : host, port };
}

function list(text: string): string[] {
    return text
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '');
}
