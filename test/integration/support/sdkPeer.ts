/** A device of another client: plain matrix-js-sdk, encrypted, in memory, without any code of Hush. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { VerificationRequest, ShowSasCallbacks } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { Synapse } from '../../stack/synapse.ts';
import { login } from '../../stack/accounts.ts';
import { until } from './matrixAccounts.ts';
import './matrixEngine.ts';

const { createClient, ClientEvent } = await import('matrix-js-sdk/lib/matrix.js');
const { CryptoEvent, VerificationRequestEvent, VerifierEvent } = await import('matrix-js-sdk/lib/crypto-api/index.js');

export interface SdkPeer {
    readonly sdk: MatrixClient;
    readonly userId: string;
    readonly deviceId: string;
    /** Keys of secret storage by ID, as if the client asked its person for them. */
    readonly storageKeys: Map<string, Uint8Array<ArrayBuffer>>;
    /** Resolves with the next verification request of another person. */
    request(): Promise<VerificationRequest>;
    stop(): void;
}

const quiet = {
    trace() {},
    debug() {},
    info() {},
    warn() {},
    error() {},
    getChild: () => quiet,
};

/** `methods`: verification methods. Default: emoji. */
export async function startSdkPeer(
    synapse: Pick<Synapse, 'baseUrl'>,
    userId: string,
    password: string,
    methods: readonly string[] = ['m.sas.v1'],
): Promise<SdkPeer> {
    const session = await login(synapse.baseUrl, { userId, password });
    const storageKeys = new Map<string, Uint8Array<ArrayBuffer>>();
    const sdk = createClient({
        baseUrl: synapse.baseUrl,
        userId,
        deviceId: session.deviceId,
        accessToken: session.accessToken,
        logger: quiet,
        verificationMethods: [...methods],
        cryptoCallbacks: {
            getSecretStorageKey: ({ keys }) => {
                const id = Object.keys(keys).find((key) => storageKeys.has(key));
                const key = id === undefined ? undefined : storageKeys.get(id);
                return Promise.resolve(id === undefined || !key ? null : [id, key]);
            },
            cacheSecretStorageKey: (id, _info, key) => void storageKeys.set(id, key),
        },
    });
    await sdk.initRustCrypto({ useIndexedDB: false });
    let prepared = false;
    sdk.on(ClientEvent.Sync, (state) => {
        prepared ||= state === 'SYNCING' || state === 'PREPARED';
    });
    await sdk.startClient({ initialSyncLimit: 20 });
    await until(
        () => prepared,
        (check) => {
            sdk.on(ClientEvent.Sync, check);
            return { dispose: () => sdk.off(ClientEvent.Sync, check) };
        },
        'the first sync of the other client',
    );
    return {
        sdk,
        userId,
        deviceId: session.deviceId,
        storageKeys,
        async request() {
            let request: VerificationRequest | undefined;
            await until(
                () => request !== undefined,
                (check) => {
                    const came = (it: VerificationRequest): void => ((request = it), check());
                    sdk.on(CryptoEvent.VerificationRequestReceived, came);
                    return { dispose: () => sdk.off(CryptoEvent.VerificationRequestReceived, came) };
                },
                'a verification request',
            );
            return request as unknown as VerificationRequest;
        },
        stop: () => sdk.stopClient(),
    };
}

/** Waits until the request reaches `phase` (VerificationPhase). */
export function untilPhase(request: VerificationRequest, phase: number): Promise<void> {
    return until(
        () => request.phase === phase,
        (check) => {
            request.on(VerificationRequestEvent.Change, check);
            return { dispose: () => request.off(VerificationRequestEvent.Change, check) };
        },
        `phase ${phase}; now ${request.phase}`,
    );
}

/** Runs SAS on this side until the emoji are there. */
export async function sasOf(request: VerificationRequest, begin: boolean): Promise<ShowSasCallbacks> {
    if (begin) {
        await untilPhase(request, 3);
        void (await request.startVerification('m.sas.v1'));
    }
    await until(
        () => request.verifier !== undefined,
        (check) => {
            request.on(VerificationRequestEvent.Change, check);
            return { dispose: () => request.off(VerificationRequestEvent.Change, check) };
        },
        'the verifier',
    );
    const { verifier } = request;
    if (!verifier) throw new Error('no verifier');
    const { promise, resolve } = Promise.withResolvers<ShowSasCallbacks>();
    verifier.on(VerifierEvent.ShowSas, resolve);
    const there = verifier.getShowSasCallbacks();
    if (there) resolve(there);
    verifier.verify().catch(() => undefined);
    return promise;
}
