/** The line under a shared picture that says where its sharer is in the code. Pure. */
import type { Place } from './sideMessages.ts';

/** How the commit of another device stands to the one that is checked out here. */
export type CommitRelation =
    | { readonly kind: 'same' | 'unknown' | 'noCheckout' }
    | { readonly kind: 'ahead' | 'behind'; readonly commits: number }
    | { readonly kind: 'diverged' };

export interface PlaceLine {
    readonly text: string;
    readonly detail: string;
    /** A click can open the place. */
    readonly opens: boolean;
}

/** `who`: the name of the person. */
export function placeLine(who: string, place: Place | null, relation: CommitRelation): PlaceLine {
    if (!place) return { text: `${who} is in no file of the session’s repository`, detail: '', opens: false };
    const { path, visible } = place;
    const lines = visible && { from: visible.start + 1, to: Math.max(visible.start, visible.end) + 1 };
    const facts = [relationWords(place, relation), changeWords(place), problemWords(place)].filter(
        (fact) => fact !== '',
    );
    const where = lines ? `${path} ${lines.from}-${lines.to}` : path;
    const opens = relation.kind !== 'noCheckout';
    const shown = lines ? `${who} sees lines ${lines.from} to ${lines.to} of ${path}` : `${who} is in ${path}`;
    const then = opens ? ' Click to open it in your checkout.' : '';
    return { text: [where, ...facts].join(', '), detail: `${[shown, ...facts].join(', ')}.${then}`, opens };
}

function relationWords({ commit }: Place, relation: CommitRelation): string {
    switch (relation.kind) {
        case 'noCheckout':
            return 'no checkout of it here';
        case 'same':
            return 'same commit as you';
        case 'unknown':
            return commit === null ? 'no commit yet' : 'on a commit you do not have';
        case 'ahead':
        case 'behind': {
            const { kind, commits } = relation;
            return `${commits} ${commits === 1 ? 'commit' : 'commits'} ${kind === 'ahead' ? 'ahead of' : 'behind'} you`;
        }
        case 'diverged':
            return 'on another line of commits';
    }
}

function changeWords({ changed, unsaved }: Place): string {
    return unsaved ? 'unsaved changes' : changed ? 'uncommitted changes' : '';
}

function problemWords({ problems }: Place): string {
    const count = (n: number, one: string): string[] => (n === 0 ? [] : [`${n} ${n === 1 ? one : `${one}s`}`]);
    return problems ? [...count(problems.errors, 'error'), ...count(problems.warnings, 'warning')].join(', ') : '';
}
