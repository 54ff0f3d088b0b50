/** The bar over the picture, on one line at every width: encryption, device, route, audience, tools. */
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { planBar } from './barRoom.ts';
import type { Toolbar } from './toolbar.ts';

export interface ViewerBar {
    readonly element: HTMLElement;
    encryption(label: string, tone: 'good' | 'bad' | 'pending'): void;
    /** `detail`: the full text with the IDs. */
    sharer(text: string, detail: string, trust: string): void;
    route(label: string, explanation: string): void;
    /** Says who can see the share. An empty text hides it. */
    audience(text: string, detail: string, tone: 'good' | 'warn'): void;
}

/** Smallest widths in px for the sharer's name and for the audience, where text is cut. */
const LEAST_NAME = 72;
const LEAST_COUNT = 150;
const GAP = 10;

export function createViewerBar(toolbar: Toolbar, onAudience: () => void): ViewerBar {
    const badgeIcon = h('span', { class: 'badge-icon' });
    const badgeText = h('span', { class: 'badge-text' });
    const badge = h('div', { class: 'badge' }, badgeIcon, badgeText);
    const device = h('span', { class: 'device' });
    const route = h('span', { class: 'route' });
    const audience = h('button', { type: 'button', class: 'audience' });
    audience.hidden = true;
    audience.addEventListener('click', onAudience);
    const grow = h('span', { class: 'grow' });
    const element = h('header', { class: 'bar' }, badge, device, route, audience, grow, toolbar.element);

    const arrange = (): void => {
        const room = element.clientWidth - 16 - 2 * GAP; // minus its padding and the gaps around the free space
        if (room <= 0) return;
        delete element.dataset['short']; // to measure the full width of the text
        const wide = (part: HTMLElement): number => (part.scrollWidth > 0 ? part.scrollWidth + GAP : 0);
        const sign = badgeIcon.offsetWidth + GAP;
        const [who, seers] = [wide(device), wide(audience)];
        const { tools, short } = planBar({
            room,
            words: [
                wide(badge) + who + wide(route) + seers,
                wide(badge) + who + seers,
                sign + who + seers,
                sign + Math.min(who, LEAST_NAME + GAP) + Math.min(seers, LEAST_COUNT + GAP),
            ],
            ...toolbar.widths(),
        });
        element.dataset['short'] = String(short);
        toolbar.room(tools);
    };
    new ResizeObserver(arrange).observe(element);
    const say = (part: HTMLElement, text: string, title: string): void => {
        part.title = title;
        if (part.textContent === text) return;
        setText(part, text);
        arrange();
    };
    return {
        element,
        encryption(label, tone) {
            badge.dataset['tone'] = tone;
            badgeIcon.replaceChildren(icon(tone === 'bad' ? 'warning' : 'lock'));
            say(badgeText, label, '');
        },
        sharer(text, detail, trust) {
            device.dataset['trust'] = trust;
            say(device, text, detail);
        },
        route(label, explanation) {
            badge.title = explanation;
            say(route, label, explanation);
        },
        audience(text, detail, tone) {
            audience.dataset['tone'] = tone;
            setHidden(audience, text === '');
            say(audience, text, detail);
        },
    };
}
