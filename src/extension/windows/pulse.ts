/**
 * Checks whether the other side still answers. A window with a hanging extension host keeps its socket open, so the
 * socket does not show it.
 */
import { HushError } from '../../core/base/errors.ts';

export interface Pulse {
    /** Rejects with `network.timeout` if the other side falls silent before `work` is done. */
    guard<T>(work: Promise<T>): Promise<T>;
    stop(): void;
}
export interface PulseOptions {
    /** Resolves when the other side answers. */
    ping(): Promise<unknown>;
    onSilent(): void;
    onBack(): void;
    /** ms between two pings, and ms to wait for an answer. */
    readonly everyMs?: number;
    readonly withinMs?: number;
}

export function createPulse({ ping, onSilent, onBack, everyMs = 5_000, withinMs = 10_000 }: PulseOptions): Pulse {
    const waiting = new Set<(error: HushError) => void>();
    let silent = false;
    let stopped = false;
    let timer: NodeJS.Timeout | undefined;

    const beat = (): void => {
        const late = setTimeout(() => {
            silent = true;
            const error = tooLate();
            for (const reject of waiting) reject(error);
            onSilent();
        }, withinMs).unref();
        const answered = (): void => {
            clearTimeout(late);
            if (stopped) return;
            if (silent) onBack();
            silent = false;
            timer = setTimeout(beat, everyMs).unref();
        };
        ping().then(answered, () => clearTimeout(late)); // a closed link is reported elsewhere
    };
    beat();
    return {
        async guard(work) {
            if (silent) throw tooLate();
            const { promise, reject } = Promise.withResolvers<never>();
            waiting.add(reject);
            try {
                return await Promise.race([work, promise]);
            } finally {
                waiting.delete(reject);
            }
        },
        stop() {
            stopped = true;
            clearTimeout(timer);
        },
    };
}

function tooLate(): HushError {
    return new HushError(
        'network.timeout',
        'The VS Code window that holds your account does not answer. Reload that window, or close it; then try again.',
    );
}
