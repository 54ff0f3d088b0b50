/**
 * Finds the homeserver for a user ID, a server name or a URL that a person typed (client-server API, "Server
 * Discovery"). IGNORE continues with the server name itself. FAIL_PROMPT and FAIL_ERROR end in a sentence that says
 * what to type instead.
 */
import * as v from 'valibot';
import { HushError, isHushError } from '../../core/base/errors.ts';
import { entriesOf, fieldsOf, optional } from '../../core/base/lenient.ts';
import { requestJson, type Fetch } from '../requests/matrixHttp.ts';
import type { JsonAnswer } from '../../core/account/jsonAnswer.ts';
import { isLoopbackHost, isPrivateHost, parseUserId } from '../../core/base/identifiers.ts';
import { typedServerName, typedUserId } from '../../core/base/typedNames.ts';

export interface Homeserver {
    /** Without a trailing slash. */
    readonly baseUrl: string;
    /** The typed text, if it was a user ID. */
    readonly userId: string | undefined;
    /** Specification versions that the server supports, such as `v1.11`. */
    readonly versions: readonly string[];
    readonly unstableFeatures: Readonly<Record<string, boolean>>;
}

const wellKnown = v.looseObject({
    'm.homeserver': v.looseObject({ base_url: v.string() }),
    'm.identity_server': optional(v.looseObject({ base_url: v.string() })),
});
const versionsAnswer = v.looseObject({
    versions: entriesOf(v.string()),
    unstable_features: optional(fieldsOf(v.boolean())),
});

/** Sends only GET requests without credentials. @throws HushError `discovery.*`, `network.*`. */
export async function discoverHomeserver(input: string, fetch: Fetch): Promise<Homeserver> {
    const text = input.trim();
    if (/^https?:\/\//iu.test(text)) return fromUrl(text, fetch);
    const userId = typedUserId(text);
    const serverName = userId === undefined ? typedServerName(text) : parseUserId(userId)?.serverName;
    if (serverName === undefined) {
        // The person copied an address without its scheme.
        if (/^[^@\s/:]+(?::\d+)?\/./u.test(text)) return fromUrl(`https://${text}`, fetch);
        throw new HushError(
            'discovery.invalidInput',
            'That is neither a user ID (like @alice:example.org) nor a server (like example.org or https://matrix.example.org).',
        );
    }
    const homeserver = await fromServerName(serverName, fetch);
    return { ...homeserver, userId };
}

async function fromUrl(text: string, fetch: Fetch): Promise<Homeserver> {
    const url = URL.parse(text);
    if (!url || url.username || url.password)
        throw new HushError(
            'discovery.invalidInput',
            `"${text}" is not a URL of a homeserver. Type it like https://matrix.example.org.`,
        );
    if (url.protocol === 'http:' && !isPrivateHost(url.hostname)) {
        throw new HushError(
            'discovery.invalidInput',
            `Hush only talks to ${url.hostname} over https: passwords must not cross the internet in clear. Type https://${url.host} instead.`,
        );
    }
    const baseUrl = trimmed(url);
    const direct = await versionsOf(baseUrl, fetch).catch((error: unknown) => error);
    if (!(direct instanceof Error)) return direct as Homeserver;
    // People paste the address of a website. Its .well-known may still name the homeserver.
    if (url.protocol === 'https:' && isHushError(direct) && direct.code === 'discovery.notMatrix') {
        const delegated = await lookUpWellKnown(url.host, fetch).catch(() => undefined);
        if (delegated) return versionsOf(delegated, fetch);
    }
    throw direct;
}

async function fromServerName(serverName: string, fetch: Fetch): Promise<Homeserver> {
    // A server on this machine (for tests) has no certificate, and does not answer TLS. Nothing leaves the machine, so
    // http is safe.
    if (isLoopbackHost(serverName.replace(/:\d+$/u, ''))) {
        const local = await versionsOf(`http://${serverName}`, fetch).catch(() => undefined);
        if (local) return local;
    }
    return versionsOf((await delegatedUrl(serverName, fetch)) ?? `https://${serverName}`, fetch);
}

/**
 * The specification puts the file at the host of a server name, whatever the port. Some servers have it only at their
 * port. Then an error at the host does not matter.
 */
async function delegatedUrl(serverName: string, fetch: Fetch): Promise<string | undefined> {
    const host = serverName.replace(/:\d+$/u, '');
    if (host === serverName) return lookUpWellKnown(host, fetch);
    const [atHost, atPort] = await Promise.allSettled([
        lookUpWellKnown(host, fetch),
        lookUpWellKnown(serverName, fetch),
    ]);
    if (atHost.status === 'fulfilled' && atHost.value !== undefined) return atHost.value;
    if (atPort.status === 'rejected') throw atPort.reason;
    return atPort.value;
}

/** The base URL. Undefined for IGNORE: there is no such file. */
async function lookUpWellKnown(host: string, fetch: Fetch): Promise<string | undefined> {
    let answer: JsonAnswer;
    try {
        answer = await requestJson(fetch, `https://${host}/.well-known/matrix/client`);
    } catch (cause) {
        throw new HushError(
            'discovery.unreachable',
            `${host} cannot be reached. Check the spelling and the connection, or type the homeserver’s URL.`,
            { cause },
        );
    }
    if (answer.status === 404) return undefined;
    const prompt = (why: string): HushError =>
        new HushError(
            'discovery.badWellKnown',
            `${host} does not say where its homeserver is (${why}). Type the homeserver’s URL, like https://matrix.${host}.`,
        );
    if (answer.status !== 200)
        throw prompt(`https://${host}/.well-known/matrix/client answers with status ${answer.status}`);
    if (answer.body === undefined) throw prompt('its .well-known/matrix/client is not JSON');
    const result = v.safeParse(wellKnown, answer.body);
    if (!result.success) throw prompt(`its .well-known/matrix/client is incomplete: ${result.issues[0].message}`);

    // From here on, the specification demands FAIL_ERROR: the file exists and is wrong.
    const urls = [result.output['m.homeserver'].base_url, result.output['m.identity_server']?.base_url].filter(
        (u) => u !== undefined,
    );
    for (const text of urls) {
        const url = URL.parse(text);
        // The identity server's URL is only parsed. Hush never contacts one, so it may be down.
        if (
            !url ||
            url.username ||
            url.password ||
            (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname)))
        ) {
            throw new HushError(
                'discovery.badWellKnown',
                `${host} names "${text.slice(0, 100)}" in its .well-known/matrix/client, which is no https URL. Tell its administrator, or type the homeserver’s URL.`,
            );
        }
    }
    return trimmed(new URL(result.output['m.homeserver'].base_url));
}

async function versionsOf(baseUrl: string, fetch: Fetch): Promise<Homeserver> {
    const host = new URL(baseUrl).host;
    let answer: JsonAnswer;
    try {
        answer = await requestJson(fetch, `${baseUrl}/_matrix/client/versions`);
    } catch (cause) {
        throw new HushError(
            'discovery.unreachable',
            `The homeserver at ${host} cannot be reached. Check the address and the connection.`,
            { cause },
        );
    }
    const result = v.safeParse(versionsAnswer, answer.body);
    if (answer.status >= 500)
        throw new HushError(
            'server.error',
            `The homeserver at ${host} has a problem (status ${answer.status}). Try again in a while.`,
        );
    if (answer.status !== 200 || !result.success) {
        throw new HushError(
            'discovery.notMatrix',
            `${host} is not a Matrix homeserver. Check the address, or type your full user ID.`,
        );
    }
    const { versions, unstable_features: unstableFeatures = {} } = result.output;
    if (!versions.some((version) => /^v1\.\d+$/u.test(version))) {
        throw new HushError(
            'discovery.tooOld',
            `The homeserver at ${host} is too old for Hush: it needs version 1.1 of the Matrix specification or later.`,
        );
    }
    return { baseUrl, userId: undefined, versions, unstableFeatures };
}

/** Removes a final dot of the host, the query and fragment, and a final slash. */
function trimmed({ protocol, hostname, port, pathname }: URL): string {
    const origin = `${protocol}//${hostname.replace(/\.$/u, '')}${port === '' ? '' : `:${port}`}`;
    return `${origin}${pathname.replace(/\/_matrix\/.*$/u, '')}`.replace(/\/+$/u, '');
}
