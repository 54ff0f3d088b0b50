/**
 * Whom this window's editor follows, and what ends it. VS Code does not say who scrolled an editor, so scrolling towards
 * the line that Hush asked for is Hush's, and scrolling away from it is the person's. Pure.
 */

export interface Followed {
    /** The page whose side channel the device is in. */
    readonly page: string;
    /** The device, as a key. */
    readonly device: string;
    /** The name of its person. */
    readonly name: string;
}

/** Where Hush has put the editor. */
interface Shown {
    readonly uri: string;
    readonly line: number;
    /** ms. */
    readonly at: number;
}

export interface Following extends Followed {
    /** The newest is the last. */
    readonly shown: readonly Shown[];
    /** Lines between the top of the editor and the line that Hush asked for last. */
    readonly distance: number;
}

export type FollowEvent =
    | { readonly type: 'start'; readonly followed: Followed }
    /** Hush moves the editor. `top`: its first visible line before that. */
    | { readonly type: 'shown'; readonly uri: string; readonly line: number; readonly top: number; readonly at: number }
    | { readonly type: 'scrolled'; readonly uri: string; readonly top: number; readonly at: number }
    /** Another editor is active now. */
    | { readonly type: 'chose'; readonly uri: string; readonly at: number }
    /** The person typed or clicked in an editor, or ended it. */
    | { readonly type: 'acted' }
    | { readonly type: 'gone'; readonly page: string; readonly device?: string }
    /** That device follows us now. If both followed, the editors would chase each other. */
    | { readonly type: 'followedBy'; readonly page: string; readonly device: string };

/** ms after which nothing comes late from an earlier move. */
const SETTLED_MS = 1_500;
const MAX_SHOWN = 20;
/** Lines. VS Code rounds the first visible line. */
const ROUNDING = 1;
/** Lines. VS Code keeps a line that it reveals below the lines of Sticky Scroll, by default five. */
const STICKY = 6;

/** Undefined: it follows nobody. Returns the same object if nothing changes. */
export function follow(state: Following | undefined, event: FollowEvent): Following | undefined {
    if (event.type === 'start') return { ...event.followed, shown: [], distance: 0 };
    if (!state) return undefined;
    switch (event.type) {
        case 'shown': {
            const { uri, line, top, at } = event;
            const recent = state.shown.filter((one) => at - one.at < SETTLED_MS).slice(1 - MAX_SHOWN);
            return { ...state, shown: [...recent, { uri, line, at }], distance: Math.abs(top - line) };
        }
        case 'scrolled':
            return scrolled(state, event.uri, event.top, event.at);
        case 'chose':
            return isRecent(state, event.uri, event.at) ? state : undefined;
        case 'acted':
            return undefined;
        case 'gone':
        case 'followedBy':
            return event.page === state.page && (event.device ?? state.device) === state.device ? undefined : state;
    }
}

function scrolled(state: Following, uri: string, top: number, at: number): Following | undefined {
    const last = state.shown.at(-1);
    if (last?.uri !== uri) return state; // Hush has not moved that editor, or no longer
    const distance = Math.abs(top - last.line);
    if (distance <= state.distance + ROUNDING) return { ...state, distance: Math.min(distance, state.distance) };
    const near = state.shown.filter(
        (one) => one.uri === uri && at - one.at < SETTLED_MS && Math.abs(top - one.line) <= STICKY,
    );
    if (near.includes(last)) return { ...state, distance };
    return near.length > 0 ? state : undefined; // it comes late, from an earlier move
}

function isRecent({ shown }: Following, uri: string, at: number): boolean {
    return shown.some((one, i) => one.uri === uri && (i === shown.length - 1 || at - one.at < SETTLED_MS));
}
