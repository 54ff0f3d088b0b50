/**
 * Makes links of places in code, once the host has said that the file exists in the workspace. Until then they are text.
 */
import { MAX_PATHS } from '../../core/chat/chatPageMessages.ts';
import type { Place } from './places.ts';

export interface PlaceLinks {
    /** Returns the text of the place. It becomes a button if the file exists. */
    element(place: Place): HTMLElement;
    /** The host's answer: of these paths, `found` exist. */
    answered(asked: readonly string[], found: readonly string[]): void;
}
export interface PlaceLinkActions {
    ask(paths: readonly string[]): void;
    open(place: Place): void;
    /** ms. */
    now(): number;
}

/** ms. A path that does not exist is asked for again after this time, when a message with it is drawn. */
const MISSING_MS = 60_000;
/** The most paths that are known not to exist. */
const MAX_MISSING = 10_000;

export function createPlaceLinks(document: Document, { ask, open, now }: PlaceLinkActions): PlaceLinks {
    /** Paths that exist. */
    const there = new Set<string>();
    /** Paths that do not exist, and until when this is believed. */
    const missing = new Map<string, number>();
    const isMissing = (path: string): boolean => (missing.get(path) ?? -Infinity) > now();
    const waiting = new Map<string, Set<() => void>>();
    let unasked: string[] = [];
    const wonder = (path: string, then: () => void): void => {
        const others = waiting.get(path);
        if (others) return void others.add(then);
        waiting.set(path, new Set([then]));
        if (unasked.push(path) === 1)
            queueMicrotask(() => {
                const paths = unasked;
                unasked = [];
                for (let at = 0; at < paths.length; at += MAX_PATHS) ask(paths.slice(at, at + MAX_PATHS));
            });
    };
    const link = (holder: HTMLElement, place: Place, path: string): void => {
        const before = path.slice(0, path.length - place.path.length);
        const text = before + place.text;
        // A path with blanks begins in the text before.
        const neighbour = holder.previousSibling;
        if (before !== '') {
            if (neighbour?.nodeType !== 3 || !neighbour.nodeValue?.endsWith(before)) return;
            neighbour.nodeValue = neighbour.nodeValue.slice(0, -before.length);
        }
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'file';
        button.title = `Open ${text}`;
        button.textContent = text;
        button.addEventListener('click', () => open({ ...place, text, path }));
        holder.replaceChildren(button);
    };
    return {
        element(place) {
            const holder = document.createElement('span');
            holder.className = 'place';
            holder.textContent = place.text;
            const paths = [...place.wider, place.path];
            const unknown = new Set(paths.filter((path) => !there.has(path) && !isMissing(path)));
            const settle = (): void => {
                const path = paths.find((one) => there.has(one));
                if (path !== undefined) link(holder, place, path);
            };
            if (unknown.size === 0) {
                // The text before is not beside it yet.
                queueMicrotask(settle);
                return holder;
            }
            for (const path of unknown)
                wonder(path, () => {
                    unknown.delete(path);
                    if (unknown.size === 0) settle();
                });
            return holder;
        },
        answered(asked, found) {
            for (const path of found) there.add(path);
            if (missing.size > MAX_MISSING) missing.clear();
            for (const path of asked) {
                if (there.has(path)) missing.delete(path);
                else missing.set(path, now() + MISSING_MS);
                const then = waiting.get(path) ?? [];
                waiting.delete(path);
                for (const run of then) run();
            }
        },
    };
}
