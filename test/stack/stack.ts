import { listenAuthoriser } from '../../src/livekit/authoriser/authoriserServer.ts';
import type { HomeserverOptions } from '../../src/livekit/authoriser/homeserver.ts';
import type { Source } from '../../src/livekit/tokens/claims.ts';
import { startLiveKit, type LiveKit } from './liveKit.ts';
import { freePorts } from './net.ts';
import { onShutdown } from './processes.ts';
import { silentProgress, type Progress } from './progress.ts';
import { startSynapse, type StartSynapseOptions, type Synapse } from './synapse.ts';

export interface Authoriser {
    /** `http://127.0.0.1:<port>`, what memberships name as `livekit_service_url`. */
    readonly url: string;
    stop(): Promise<void>;
}

export interface StartAuthoriserOptions {
    readonly homeservers: readonly Pick<Synapse, 'serverName' | 'baseUrl'>[];
    readonly livekit: Pick<LiveKit, 'url' | 'apiKey' | 'apiSecret'>;
    /** Default: a free one. */
    readonly port?: number;
    /** Default: all of `homeservers`. */
    readonly fullAccessHomeservers?: readonly string[];
    readonly sources?: readonly Source[];
    readonly rateLimit?: { readonly perSecond: number; readonly burst: number };
    /** The homeserver passes its clients' requests on to it (MSC4195). */
    readonly homeserver?: HomeserverOptions | undefined;
    readonly log?: (line: string) => void;
}

/** Starts the product's authoriser in this process, for the given servers. */
export async function startAuthoriser(options: StartAuthoriserOptions): Promise<Authoriser> {
    const { url: livekitUrl, apiKey, apiSecret } = options.livekit;
    const running = await listenAuthoriser(
        {
            livekitUrl,
            key: { apiKey, apiSecret },
            homeservers: new Map(options.homeservers.map(({ serverName, baseUrl }) => [serverName, baseUrl])),
            fullAccessHomeservers:
                options.fullAccessHomeservers ?? options.homeservers.map(({ serverName }) => serverName),
            rateLimit: options.rateLimit ?? { perSecond: 1000, burst: 1000 },
            homeserver: options.homeserver,
            ...(options.sources === undefined ? {} : { sources: options.sources }),
            ...(options.log === undefined ? {} : { log: options.log }),
        },
        '127.0.0.1',
        options.port ?? 0,
    );
    const forget = onShutdown(running.close);
    return {
        url: running.url,
        async stop() {
            forget();
            await running.close();
        },
    };
}

export interface StartStackOptions {
    readonly progress?: Progress;
    /** For Synapse; `livekitServiceUrl: undefined` given here makes a homeserver that names no SFU. */
    readonly synapse?: Omit<StartSynapseOptions, 'progress'>;
    /** Default true. Without it there is neither LiveKit nor authoriser. */
    readonly sfu?: boolean;
    readonly authoriser?: Pick<StartAuthoriserOptions, 'fullAccessHomeservers' | 'sources' | 'rateLimit' | 'log'>;
}

export interface Stack extends Pick<Synapse, 'baseUrl' | 'serverName' | 'createAccount'> {
    readonly synapse: Synapse;
    readonly livekit: LiveKit | undefined;
    readonly authoriser: Authoriser | undefined;
    /** Ends all of them, even if one fails to end. */
    stop(): Promise<void>;
}

/** Number of progress lines of `startStack`. */
export const STACK_PARTS = 2;

/** Starts Synapse, LiveKit and the authoriser, wired to each other. On failure nothing is left running. */
export async function startStack(options: StartStackOptions = {}): Promise<Stack> {
    const { progress = silentProgress, sfu = true } = options;
    // Synapse announces the authoriser's URL, and the authoriser asks Synapse. So the port is chosen before both.
    const [port] = await freePorts(1);
    const announced = sfu ? { livekitServiceUrl: `http://127.0.0.1:${port}` } : {};
    const [homeserver, media] = await Promise.allSettled([
        startSynapse({ ...announced, ...options.synapse, progress }),
        sfu ? startLiveKit({ progress }) : undefined,
    ]);
    const started: { stop(): Promise<void> }[] = [];
    const stop = async (): Promise<void> => {
        await Promise.allSettled(started.map((part) => part.stop()));
    };
    if (homeserver.status === 'fulfilled') started.push(homeserver.value);
    if (media.status === 'fulfilled' && media.value !== undefined) started.push(media.value);
    try {
        if (homeserver.status === 'rejected') throw homeserver.reason;
        if (media.status === 'rejected') throw media.reason;
        const [synapse, livekit] = [homeserver.value, media.value];
        const between = { homeservers: [synapse], ...(port === undefined ? {} : { port }), ...options.authoriser };
        const authoriser = livekit === undefined ? undefined : await startAuthoriser({ ...between, livekit });
        if (authoriser !== undefined) started.push(authoriser);
        const { baseUrl, serverName, createAccount } = synapse;
        return { baseUrl, serverName, createAccount, synapse, livekit, authoriser, stop };
    } catch (error) {
        await stop();
        throw error;
    }
}
