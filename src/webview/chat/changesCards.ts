/**
 * Cards of received changes: what the patch does, and buttons to review and apply it. A card asks its host when it comes
 * near the view, because only the patch itself says what it does.
 */
import { linesWords, totalsWords, type ChangesCard } from '../../core/changes/changesCard.ts';
import type { ChangesAct, ChangesShown } from '../../core/chat/changesMessages.ts';
import type { ChatFile, ChatMessage } from '../../core/chat/message.ts';
import { h } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';

export interface ChangesCards {
    element(message: ChatMessage, file: ChatFile): HTMLElement;
    show(answer: ChangesShown): void;
    /** Another room is shown. */
    clear(): void;
}

export interface ChangesCardActions {
    ask(key: string): void;
    act(key: string, act: ChangesAct): void;
}

/** Rows that are shown before the person asks for all. */
const MAX_ROWS = 8;
const KINDS = { working: 'Changes', staged: 'Staged changes', commits: 'Commits' } as const;

export function createChangesCards({ ask, act }: ChangesCardActions): ChangesCards {
    const answers = new Map<string, ChangesShown>();
    const frames = new Map<string, HTMLElement>();
    const near = new IntersectionObserver(
        (sights) => {
            for (const { target, isIntersecting } of sights) {
                if (!isIntersecting) continue;
                near.unobserve(target);
                ask((target as HTMLElement).dataset['key'] ?? '');
            }
        },
        { rootMargin: '400px' },
    );

    function fill(frame: HTMLElement, key: string): void {
        const answer = answers.get(key);
        const focused = (document.activeElement as HTMLElement | null)?.dataset['act'];
        const hadFocus = frame.contains(document.activeElement);
        frame.setAttribute('aria-busy', String(!answer));
        if (!answer) return frame.replaceChildren(h('div', { class: 'note' }, 'Reading the changes…'));
        if (!answer.card) {
            const retry = h('button', { type: 'button', class: 'link' }, 'Try Again');
            retry.addEventListener('click', () => ask(key));
            return frame.replaceChildren(warning(answer.problem ?? 'These changes cannot be read.'), retry);
        }
        frame.replaceChildren(...rowsOf(answer.card, answer.hasBase), buttonsOf(key, answer.applied));
        if (hadFocus)
            frame.querySelector<HTMLElement>(`[data-act="${focused === 'review' ? 'review' : 'main'}"]`)?.focus();
    }

    function buttonsOf(key: string, applied: boolean): HTMLElement {
        const button = (of: ChangesAct, label: string, look: string): HTMLElement => {
            const data = of === 'review' ? 'review' : 'main';
            const made = h('button', { type: 'button', class: look, 'data-act': data }, label);
            made.addEventListener('click', () => act(key, of));
            return made;
        };
        return h(
            'div',
            { class: 'changesButtons' },
            button('review', 'Review', applied ? 'secondary' : 'primary'),
            applied ? button('undo', 'Undo', 'secondary') : button('apply', 'Apply', 'secondary'),
            ...(applied ? [h('span', { class: 'note', role: 'status' }, 'Applied here')] : []),
        );
    }

    return {
        element({ key, state }, { changes }) {
            const frame = h('section', { class: 'changes', 'aria-label': 'Changes', 'data-key': key });
            if (state !== 'sent') {
                if (changes) frame.append(h('div', { class: 'changesHead' }, icon('diff'), totalsWords(changes)));
                return frame;
            }
            frames.set(key, frame);
            fill(frame, key);
            if (!answers.has(key)) near.observe(frame);
            return frame;
        },
        show(answer) {
            answers.set(answer.key, answer);
            const frame = frames.get(answer.key);
            if (frame) fill(frame, answer.key);
        },
        clear() {
            answers.clear();
            frames.clear();
            near.disconnect();
        },
    };
}

function rowsOf(card: ChangesCard, hasBase: boolean | null): HTMLElement[] {
    const { kind, branch, lie, files, commits } = card;
    const totals = { ...card, files: files.count, commits: commits.count };
    const head = h(
        'div',
        { class: 'changesHead' },
        icon('diff'),
        h('strong', {}, KINDS[kind]),
        h('span', {}, totalsWords(totals)),
    );
    const base = h(
        'div',
        { class: 'note changesBase' },
        ...(branch === null ? [] : ['on ', h('bdi', {}, branch), ', ']),
        baseWords(card.base, hasBase),
    );
    const rows: HTMLElement[] = [head, base];
    if (lie !== null) rows.push(warning(lie));
    if (commits.count > 0)
        rows.push(
            listOf(
                'Commits',
                commits.count,
                commits.named.map(({ subject, author }) =>
                    h('li', {}, h('bdi', {}, subject), h('bdi', { class: 'note' }, author)),
                ),
            ),
        );
    const fileRows = files.named.map(({ path, note, ...lines }) =>
        h(
            'li',
            {},
            // Whole: what is cut off could be the part that matters.
            h('bdi', { class: 'changesPath' }, path),
            h('span', { class: 'note' }, [note, lineWordsOf(lines)].filter(Boolean).join(' · ')),
        ),
    );
    rows.push(listOf('Files', files.count, fileRows));
    return rows;
}

function lineWordsOf(lines: { insertions: number; deletions: number }): string {
    return lines.insertions + lines.deletions === 0 ? '' : linesWords(lines);
}

function baseWords(base: string | null, hasBase: boolean | null): string {
    if (base === null) return 'from before the first commit';
    const known = hasBase === null ? '' : hasBase ? ', which you have' : ', which you do not have';
    return `from commit ${base.slice(0, 8)}${known}`;
}

/** Shows the first rows, and all of them on demand. */
function listOf(label: string, count: number, rows: readonly HTMLElement[]): HTMLElement {
    const list = h('ul', { class: 'changesList', 'aria-label': label }, ...rows.slice(0, MAX_ROWS));
    if (count <= MAX_ROWS) return list;
    const more = h('button', { type: 'button', class: 'link' }, `Show ${count - MAX_ROWS} more`);
    more.addEventListener('click', () => {
        const unnamed = count - rows.length;
        list.replaceChildren(...rows, ...(unnamed > 0 ? [h('li', { class: 'note' }, `and ${unnamed} more`)] : []));
        more.remove();
    });
    return h('div', {}, list, more);
}

function warning(text: string): HTMLElement {
    return h('div', { class: 'fileNote' }, icon('warning'), h('span', {}, text));
}
