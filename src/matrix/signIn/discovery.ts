/**
 * From what a person types to a homeserver: a user ID, a server name or a URL. Client-server API, "Server Discovery",
 * with its outcomes: IGNORE goes on with the server name itself; FAIL_PROMPT and FAIL_ERROR end in a sentence that says
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
    /** What was typed, if it was a user ID. */
    readonly userId: string | undefined;
    /** Specification versions it speaks, such as `v1.11`. */
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

/** @throws HushError `discovery.*`, `network.*`. Nothing is sent but two GETs without credentials. */
export async function discoverHomeserver(input: string, fetch: Fetch): Promise<Homeserver> {
    const text = input.trim();
    if (/^https?:\/\//iu.test(text)) return fromUrl(text, fetch);
    const userId = typedUserId(text);
    const serverName = userId === undefined ? typedServerName(text) : parseUserId(userId)?.serverName;
    if (serverName === undefined) {
        // An address that was copied without its scheme.
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
    // People paste the address of the website; its .well-known may still point to the homeserver.
    if (url.protocol === 'https:' && isHushError(direct) && direct.code === 'discovery.notMatrix') {
        const delegated = await lookUpWellKnown(url.host, fetch).catch(() => undefined);
        if (delegated) return versionsOf(delegated, fetch);
    }
    throw direct;
}

async function fromServerName(serverName: string, fetch: Fetch): Promise<Homeserver> {
    // A server on this very machine (tests, trials) has no certificate, and lets who speaks TLS to it wait; nothing leaves
    // the machine either way.
    if (isLoopbackHost(serverName.replace(/:\d+$/u, ''))) {
        const local = await versionsOf(`http://${serverName}`, fetch).catch(() => undefined);
        if (local) return local;
    }
    return versionsOf((await delegatedUrl(serverName, fetch)) ?? `https://${serverName}`, fetch);
}

/**
 * By the specification the file is at the host of a server name, whatever its port. Some servers have it at their port
 * only. What is wrong at the host then does not matter.
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

/** The base URL; undefined for IGNORE (there is no such file). */
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

    // From here on the specification says FAIL_ERROR: the file exists and is wrong.
    const urls = [result.output['m.homeserver'].base_url, result.output['m.identity_server']?.base_url].filter(
        (u) => u !== undefined,
    );
    for (const text of urls) {
        const url = URL.parse(text);
        // The identity server is only parsed: Hush never talks to one, so its being down must not keep anybody out.
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

/** Without a dot after the host, without what belongs to one request, and without a slash at the end. */
function trimmed({ protocol, hostname, port, pathname }: URL): string {
    const origin = `${protocol}//${hostname.replace(/\.$/u, '')}${port === '' ? '' : `:${port}`}`;
    return `${origin}${pathname.replace(/\/_matrix\/.*$/u, '')}`.replace(/\/+$/u, '');
}
