/**
 * What the sharer sees and decides of pointing: pointers over the preview, and in a small window that stays in front;
 * who may point and draw; and a word to the host when somebody does.
 */
import { deviceKey } from '../../core/sideChannel/drawn.ts';
import type { PageMessage, Viewer } from '../../core/share/mediaMessages.ts';
import type { SideChannel } from '../sideChannel/sideChannel.ts';
import { h, setHidden } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { createFloatingPreview } from './floatingPreview.ts';
import { pictureBox } from './pictureBox.ts';
import { createPointing, rulesMessage } from './pointing.ts';

/** ms between two words to the host about the same person. */
const TELL_MS = 3_000;

export interface SharerPointing {
    /** Lies over the preview. */
    readonly layer: HTMLElement;
    readonly controls: HTMLElement;
    /** A button that turns pointing off, or on again, for this viewer. */
    permission(viewer: Viewer): HTMLElement;
}

export function createSharerPointing(
    video: HTMLVideoElement,
    side: SideChannel,
    now: () => number,
    send: (message: PageMessage) => void,
): SharerPointing {
    const pointing = createPointing(side, now);
    const { layer } = pointing;
    const told = new Map<string, number>();
    pointing.onOthers((name) => {
        if (now() - (told.get(name) ?? -Infinity) < TELL_MS) return;
        told.set(name, now());
        send({ type: 'share.pointed', name: name.slice(0, 255) });
    });
    const place = (): void => layer.place(pictureBox(video));
    new ResizeObserver(place).observe(video);
    for (const event of ['resize', 'loadedmetadata']) video.addEventListener(event, place);

    const allow = h('input', { type: 'checkbox', id: 'pointing' });
    allow.checked = true;
    const clear = h(
        'button',
        { type: 'button', class: 'secondary small', title: 'Remove all drawings' },
        'Clear Drawings',
    );
    const floating = createFloatingPreview(video, pointing);
    const float = h('button', { type: 'button', class: 'secondary small' }, 'Float Preview');
    float.title = 'Shows the preview with its pointers in a small window in front of the others';
    setHidden(float, !floating.possible);
    const silenced = new Set<string>();
    const rule = (): void => pointing.say(rulesMessage({ drawing: allow.checked, silenced: new Set(silenced) }));
    allow.addEventListener('change', rule);
    clear.addEventListener('click', () => pointing.say({ type: 'erase' }));
    float.addEventListener('click', () => void floating.open());
    const buttons = new Map<string, HTMLButtonElement>();
    const permission = (viewer: Viewer): HTMLButtonElement => {
        const device = deviceKey(viewer);
        const known = buttons.get(device);
        if (known) return known;
        const button = h('button', { type: 'button', class: 'tool' }, icon('pointer'));
        const draw = (): void => {
            const off = silenced.has(device);
            button.setAttribute('aria-pressed', String(!off));
            button.title = off ? 'Let this device point and draw' : 'Do not let this device point and draw';
            button.setAttribute('aria-label', `${viewer.name} may point and draw`);
        };
        button.addEventListener('click', () => {
            if (!silenced.delete(device)) silenced.add(device);
            draw();
            rule();
        });
        draw();
        buttons.set(device, button);
        return button;
    };
    return {
        layer: layer.element,
        controls: h(
            'div',
            { class: 'pointing-controls' },
            h('label', { for: 'pointing' }, allow, 'Viewers may point and draw'),
            clear,
            float,
        ),
        permission,
    };
}
