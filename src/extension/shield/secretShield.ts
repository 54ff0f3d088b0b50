/** Secret Shield as commands use it. What watches the editors is loaded before the first share. */
import type { Disposable } from '../../core/base/disposable.ts';
import type { SecretWatch, SecretWatchOptions } from './secretWatch.ts';

export interface SecretShield extends Disposable {
    /** Resolves when the editors are watched and what they show was told. Rejects if they cannot be watched. */
    begin(): Promise<void>;
    /** Shows the files that are visible now until they are out of view. */
    showAnyway(): Promise<void>;
}

export function createSecretShield(options: SecretWatchOptions): SecretShield {
    let watch: Promise<SecretWatch> | undefined;
    const load = (): Promise<SecretWatch> =>
        (watch ??= import('./secretWatch.ts').then(
            ({ watchSecrets }) => watchSecrets(options),
            (error: unknown) => {
                watch = undefined; // the next share tries again
                throw error;
            },
        ));
    return {
        begin: async () => (await load()).begin(),
        showAnyway: async () => (await load()).allow(),
        dispose: () => void watch?.then((loaded) => loaded.dispose()),
    };
}
