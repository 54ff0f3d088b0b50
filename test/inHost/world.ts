/** What the suite asks of the process that started it: servers, faults between, other windows. One type for both sides. */
import type { StoredAccount } from '../../src/core/account/storedAccounts.ts';
import type { FaultRule } from '../integration/support/faultRules.ts';
import type { Account, AccountOptions } from '../stack/accounts.ts';
import type { Passing } from '../integration/support/faultProxy.ts';

/** A window whose extension host opens `stored` in `dataDir` and tells what happens to it, to be killed. */
export interface Life {
    readonly id: number;
    readonly stored: StoredAccount;
    readonly dataDir: string;
}

/** One of two homeservers that federate with each other. */
export type FederatedServer = 'near' | 'far';

/** Each call is one request to the starter, whose answer is JSON. */
export interface HostWorld {
    /**
     * What the host of the window on the folder of this name is for: a life, the suite, or nothing (VS Code started it again
     * in a window whose host was killed).
     */
    begin(folder: string): Promise<Life | 'suite' | 'nothing'>;
    /** `server`: default: the suite's own, which talks to no other. */
    createAccount(localpart: string, options?: AccountOptions, server?: FederatedServer): Promise<Account>;
    /** Devices with keys that nobody uses, made by the crypto library alone. */
    addDevices(user: { userId: string; password: string }, count: number): Promise<readonly string[]>;
    /** A new proxy to the homeserver, with an address of its own. */
    openLine(server?: FederatedServer): Promise<{ line: number; url: string }>;
    /** The far server is away, for the near one and for its people, or back with what it had. */
    setFarAway(away: boolean): Promise<void>;
    setFaults(line: number, rules: readonly FaultRule[]): Promise<void>;
    /** Keeps back the answers to what has `path` in its path; null: no more. */
    holdAnswers(line: number, path: string | null): Promise<void>;
    /** What went through after the first `from`; waits up to some seconds until there is something. */
    seen(line: number, from: number): Promise<readonly Passing[]>;
    /** Opens a window for it; the host is there when it tells. Resolves with the life's number. */
    startLife(stored: StoredAccount, dataDir: string): Promise<number>;
    /** What the life tells. */
    tell(life: number, line: string): Promise<void>;
    /** As `seen`. */
    told(life: number, from: number): Promise<readonly string[]>;
    /** SIGKILL of its extension host, then its window is closed. */
    kill(life: number): Promise<void>;
}

/** How the starter hands the address over to the extension hosts. */
export const WORLD_VARIABLE = 'HUSH_IN_HOST_WORLD';

/** `address`: the starter's URL, with the secret as its fragment. */
export function connectWorld(address: string): HostWorld {
    const { origin, hash } = new URL(address);
    const call = async (method: string, args: readonly unknown[]): Promise<unknown> => {
        const answer = await fetch(origin, {
            method: 'POST',
            headers: { Authorization: `Bearer ${hash.slice(1)}`, 'Content-Type': 'application/json' },
            body: JSON.stringify({ method, args }),
        });
        const { result, error } = (await answer.json()) as { result?: unknown; error?: string };
        if (error !== undefined) throw new Error(`${method}: ${error}`);
        return result;
    };
    return new Proxy({} as HostWorld, {
        get: (_target, method) =>
            typeof method === 'string' && method !== 'then' ? (...args: unknown[]) => call(method, args) : undefined,
    });
}
