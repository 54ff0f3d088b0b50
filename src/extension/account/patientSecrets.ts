/**
 * Calls VS Code's secret storage with a time limit. The window answers these calls. If the window's renderer or the
 * connection to it is gone, the extension host lives on and a call never ends.
 */
import { HushError } from '../../core/base/errors.ts';

/** The part of vscode.SecretStorage that Hush uses. */
export interface SecretStorageLike {
    get(key: string): PromiseLike<string | undefined>;
    store(key: string, value: string): PromiseLike<void>;
    delete(key: string): PromiseLike<void>;
}
export interface PatientSecrets extends SecretStorageLike {
    /** The last call got no answer in time. The next calls have a shorter limit until one is answered. */
    readonly silent: boolean;
}

/** Limit in ms for the calls after an unanswered one. Other windows wait while a change is written. */
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
            () => (silent = false), // a late answer counts, too
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

/** Rejects with the error of `late` if `work` takes longer than `ms`. */
export async function within<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(late()), ms);
    try {
        return await Promise.race([work, promise]);
    } finally {
        clearTimeout(timer);
    }
}
