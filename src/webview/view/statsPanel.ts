/** The statistics over the picture. */
import { h } from '../ui/dom.ts';
import type { BufferedReason, PlayoutStats } from '../../livekit/browser/playout/playoutMessages.ts';
import { bitRateWords } from '../ui/words.ts';
import type { ReceiverSample } from './receiverStats.ts';

export interface StatsPanel {
    readonly element: HTMLElement;
    readonly shown: boolean;
    toggle(): void;
    sampled(sample: ReceiverSample, bitsPerSecond: number, playout: Playout | undefined): void;
}

/** Who decodes the picture. `stats`: of Hush's own decoder. */
export interface Playout {
    readonly reason: BufferedReason | undefined;
    readonly stats: PlayoutStats | undefined;
}

const BUFFERED: Readonly<Record<BufferedReason, string>> = {
    wanted: 'you chose smooth motion',
    noNumbers: 'the sharer’s program does not number its frames',
    codec: 'this browser cannot decode the codec itself',
    errors: 'decoding failed several times',
    gaps: 'frames were lost several times',
    slow: 'this machine decodes slowly',
};

export function createStatsPanel(): StatsPanel {
    const element = h('dl', { class: 'stats', 'aria-label': 'Statistics', hidden: true });
    let last: ReceiverSample | undefined;
    let rate = 0;
    let playout: Playout | undefined;
    const draw = (): void => {
        if (element.hidden) return;
        const rows: readonly (readonly [string, string | undefined])[] = [
            ['Picture', last && `${last.width} × ${last.height}`],
            ['Frames', last && `${last.framesPerSecond} per second`],
            ['Decoded', last && `${last.framesDecoded}`],
            ['Rate', last && bitRateWords(rate)],
            ['Round trip', last && last.roundTripMs > 0 ? `${last.roundTripMs} ms` : undefined],
            ['Codec', last?.codec],
            ['Shown', playout && playoutWords(playout)],
            ['Decoding', playout?.stats && `${playout.stats.decodeMs} ms after its last packet`],
            ['Late frames', playout?.stats && `${playout.stats.held} waited, ${playout.stats.gaveUp} gaps`],
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
        sampled(sample, bitsPerSecond, now) {
            playout = now;
            last = sample;
            rate = bitsPerSecond;
            draw();
        },
    };
}

function playoutWords({ stats, reason }: Playout): string {
    if (stats) return 'as frames come';
    return reason ? `buffered: ${BUFFERED[reason]}` : 'buffered by the browser';
}
