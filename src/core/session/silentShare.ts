/**
 * A share whose picture is gone while its membership stays, as after a crash. Where the homeserver has delayed events
 * (MSC4140), the membership ends itself within seconds. Elsewhere it would stay for hours, and viewers end it for
 * themselves.
 */
import { SUBSCRIBE_PATHS } from './subscribePath.ts';
import type { Effect, Failure, SessionState, ViewerTab } from './state.ts';

/** ms without a screen. A delayed leave takes 20 s, and a sharer that reconnects is back before. */
const SILENT_MS = 45_000;

export const SILENT: Failure = {
    code: 'media.sharerSilent',
    message: 'The picture stopped without a word, as after a crash. Other programs may list the share for some hours.',
};

/** The page sees no screen of a sharer who still announces the share. Returns the tab that waits, and its wait. */
export function watchSilence(tab: ViewerTab): { readonly wait: number; readonly effects: readonly Effect[] } {
    const isNew = tab.phase !== 'notSharing' && tab.target.shareId !== undefined;
    if (!isNew || tab.move || SUBSCRIBE_PATHS[tab.transport].asksSharer) return { wait: tab.wait, effects: [] };
    const wait = tab.wait + 1;
    return { wait, effects: [{ type: 'wait', pageId: tab.id, wait, ms: SILENT_MS }] };
}

/** Asked when the wait is over. */
export function isSilent(tab: ViewerTab): boolean {
    return tab.phase === 'notSharing' && !tab.move && !SUBSCRIBE_PATHS[tab.transport].asksSharer;
}

export function noteSilent(state: SessionState, { target: { shareId } }: ViewerTab, silent: boolean): SessionState {
    if (shareId === undefined || state.silent.has(shareId) === silent) return state;
    const shares = new Set(state.silent);
    if (silent) shares.add(shareId);
    else shares.delete(shareId);
    return { ...state, silent: shares };
}

/** Forgets shares that nobody announces any more. */
export function forgetSilent(state: SessionState): SessionState {
    if (state.silent.size === 0) return state;
    const announced = new Set(
        [...state.rtc.values()].flatMap((members) => members.flatMap((m) => m.shares)).map((s) => s.id),
    );
    return { ...state, silent: new Set([...state.silent].filter((id) => announced.has(id))) };
}
