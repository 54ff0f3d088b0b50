/** The statistics over the picture. */
import { h } from '../ui/dom.ts';
import { bitRateWords } from '../ui/words.ts';
import type { ReceiverSample } from './receiverStats.ts';

export interface StatsPanel {
    readonly element: HTMLElement;
    readonly shown: boolean;
    toggle(): void;
    sampled(sample: ReceiverSample, bitsPerSecond: number): void;
}

export function createStatsPanel(): StatsPanel {
    const element = h('dl', { class: 'stats', 'aria-label': 'Statistics', hidden: true });
    let last: ReceiverSample | undefined;
    let rate = 0;
    const draw = (): void => {
        if (element.hidden) return;
        const rows: readonly (readonly [string, string | undefined])[] = [
            ['Picture', last && `${last.width} × ${last.height}`],
            ['Frames', last && `${last.framesPerSecond} per second`],
            ['Decoded', last && `${last.framesDecoded}`],
            ['Rate', last && bitRateWords(rate)],
            ['Round trip', last && last.roundTripMs > 0 ? `${last.roundTripMs} ms` : undefined],
            ['Codec', last?.codec],
        ];
        element.replaceChildren(...rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value || '…')]));
    };
    return {
        element,
        get shown() {
            return !element.hidden;
        },
        toggle() {
            element.hidden = !element.hidden;
            draw();
        },
        sampled(sample, bitsPerSecond) {
            last = sample;
            rate = bitsPerSecond;
            draw();
        },
    };
}
