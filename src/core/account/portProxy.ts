/**
 * Ports by proxy. An account is used by several windows: one holds it, the others reach it over a socket, and all of them
 * see the same ports. One word for each method says how it travels; everything else follows from it.
 */
import type { Disposable } from '../base/disposable.ts';

type Method = (...args: never[]) => unknown;
type MethodNames<T> = { [K in keyof T & string]: T[K] extends Method ? K : never }[keyof T & string];
/**
 * - `again`: a request. When the window that should answer goes away, it is made once more at the next one.
 * - `once`: a request that might do harm when it is made twice. It is rejected then.
 * - `tell`: said without waiting.
 * - `event`: takes a listener.
 * - `local`: each side has its own.
 */
export type Word = 'again' | 'once' | 'tell' | 'event' | 'local';
type WordOf<Name extends string, F> =
    | 'local'
    | (Name extends `on${string}`
          ? 'event'
          : F extends (...args: never[]) => Promise<unknown>
            ? 'again' | 'once'
            : 'tell');
/** A word for each method of a port. The compiler demands the word of a new method. */
export type Words<T> = { readonly [K in MethodNames<T>]: WordOf<K, T[K]> };

/** What a proxy has of a port: everything with a word that is not `local`. */
export type Proxied<T, W> = Pick<T, { [K in keyof W & keyof T]: W[K] extends 'local' ? never : K }[keyof W & keyof T]>;

/** How the methods of a proxy are answered. A path is `port.method`. */
export interface Wiring {
    request(path: string, args: readonly unknown[], word: 'again' | 'once'): Promise<unknown>;
    tell(path: string, args: readonly unknown[]): void;
    subscribe(path: string, listener: (...args: readonly unknown[]) => void): Disposable;
}

export function proxyPort(prefix: string, words: Readonly<Record<string, Word>>, wiring: Wiring): object {
    const methods = Object.entries(words).map(([name, word]): [string, unknown] => {
        const path = `${prefix}${name}`;
        switch (word) {
            case 'again':
            case 'once':
                return [name, (...args: readonly unknown[]) => wiring.request(path, args, word)];
            case 'tell':
                return [name, (...args: readonly unknown[]) => wiring.tell(path, args)];
            case 'event':
                return [name, (listener: () => void) => wiring.subscribe(path, listener)];
            case 'local':
                return [name, undefined];
        }
    });
    return Object.fromEntries(methods.filter(([, method]) => method !== undefined));
}
