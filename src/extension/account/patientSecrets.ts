/**
 * VS Code's secret storage, asked with a time limit. The storage answers from the window: when the window's renderer is
 * gone or the connection to it is lost, the extension host lives on and such a call never ends.
 */
import { HushError } from '../../core/base/errors.ts';

/** The part of vscode.SecretStorage that is used. */
export interface SecretStorageLike {
    get(key: string): PromiseLike<string | undefined>;
    store(key: string, value: string): PromiseLike<void>;
    delete(key: string): PromiseLike<void>;
}
export interface PatientSecrets extends SecretStorageLike {
    /** The last call got no answer in time. Calls fail sooner until one is answered. */
    readonly silent: boolean;
}

/** ms for each call after one that was not answered: the rest of a change should not hold other windows up. */
const SILENT_MS = 1_000;

/** Every method rejects with a `HushError` `account.windowSilent` after `timeoutMs`. */
export function createPatientSecrets(secrets: SecretStorageLike, timeoutMs: number): PatientSecrets {
    let silent = false;
    const ask = async <T>(call: () => PromiseLike<T>): Promise<T> => {
        const limit = silent ? Math.min(SILENT_MS, timeoutMs) : timeoutMs;
        const late = (): HushError => {
            silent = true;
            return new HushError(
                'account.windowSilent',
                'This VS Code window does not answer, so your sign-in can be neither read nor stored. Reload the window.',
            );
        };
        const answer = Promise.resolve(call());
        answer.then(
            () => (silent = false), // also when it comes late
            () => (silent = false),
        );
        return within(answer, limit, late);
    };
    return {
        get silent() {
            return silent;
        },
        get: (key) => ask(() => secrets.get(key)),
        store: (key, value) => ask(() => secrets.store(key, value)),
        delete: (key) => ask(() => secrets.delete(key)),
    };
}

/** Rejects with what `late` makes when `work` is not done after `ms`. */
export async function within<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(late()), ms);
    try {
        return await Promise.race([work, promise]);
    } finally {
        clearTimeout(timer);
    }
}
