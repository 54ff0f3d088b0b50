/**
 * Proxies for ports. Several windows use one account: one window holds it, and the others reach it over a socket. All
 * of them see the same ports. One word for each method says how it travels.
 */
import type { Disposable } from '../base/disposable.ts';

type Method = (...args: never[]) => unknown;
type MethodNames<T> = { [K in keyof T & string]: T[K] extends Method ? K : never }[keyof T & string];
/**
 * - `again`: a request. If the window that should answer closes, the request is repeated at the next one.
 * - `once`: a request that may do harm when it is repeated. It is rejected instead.
 * - `tell`: a message without an answer.
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
/** One word for each method of a port. A new method without a word does not compile. */
export type Words<T> = { readonly [K in MethodNames<T>]: WordOf<K, T[K]> };

/** The part of a port that a proxy has: every method whose word is not `local`. */
export type Proxied<T, W> = Pick<T, { [K in keyof W & keyof T]: W[K] extends 'local' ? never : K }[keyof W & keyof T]>;

/** How a proxy's methods reach the other side. A path is `port.method`. */
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
