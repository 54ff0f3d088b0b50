/**
 * Listeners of an account's events, by path. Some events describe a state. A listener that is added later gets the
 * current state.
 */
import type { Disposable } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import { latestAudiences, latestCovers, latestWithheld } from '../../core/session/trustEvents.ts';

type Listener = (...args: readonly unknown[]) => void;
interface Source {
    add(listener: Listener): Disposable;
    emit(...args: readonly unknown[]): void;
}

export class EventsByPath {
    readonly #sources = new Map<string, Source>([
        ['rtc.onAudience', latestAudiences()],
        ['rtc.onCover', latestCovers()],
        ['rtc.onWithheld', latestWithheld()],
    ]);

    readonly add = (path: string, listener: Listener): Disposable => this.#at(path).add(listener);

    emit(path: string, args: readonly unknown[]): void {
        this.#at(path).emit(...args);
    }

    #at(path: string): Source {
        let source = this.#sources.get(path);
        if (!source) this.#sources.set(path, (source = new Listeners<readonly unknown[]>()));
        return source;
    }
}
