/** The line under the picture: where the sharer is in the code. A click opens it here, and a button follows it. */
import type { HostMessage } from '../../core/share/mediaMessages.ts';
import { h, setHidden, setText } from '../ui/dom.ts';

type PlaceMessage = Extract<HostMessage, { type: 'view.place' }>;
export type PlaceAction = 'openPlace' | 'followSharer';

export interface PlaceLineElement {
    readonly element: HTMLElement;
    show(message: Pick<PlaceMessage, 'line' | 'following'>): void;
}

export function createPlaceLine(onAction: (action: PlaceAction) => void): PlaceLineElement {
    const open = h('button', { type: 'button', class: 'link place-text' });
    const words = h('span', { class: 'place-text' });
    const follow = h('button', { type: 'button', class: 'link place-follow' });
    open.addEventListener('click', () => onAction('openPlace'));
    follow.addEventListener('click', () => onAction('followSharer'));
    const element = h(
        'div',
        { class: 'place', role: 'region', 'aria-label': 'Place in the code' },
        open,
        words,
        follow,
    );
    setHidden(element, true);
    return {
        element,
        show({ line, following }) {
            setHidden(element, line === null);
            setHidden(open, line?.opens !== true);
            setHidden(words, line?.opens === true);
            setText(open, line?.text ?? '');
            setText(words, line?.text ?? '');
            // The text may be cut, and the detail is a whole sentence.
            for (const part of [open, words]) part.title = line?.detail || (line?.text ?? '');
            setText(follow, following ? 'Stop Following' : 'Follow');
            follow.title = following
                ? 'Your editor goes where the sharer goes'
                : 'Let your editor go where the sharer goes';
        },
    };
}
