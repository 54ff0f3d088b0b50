/** Looks at what is sent: its size for the person, its frames for tests, and whether the upload suffers for the host. */
import type { PageMessage, ShareSettings } from '../../core/share/mediaMessages.ts';
import { limitWords } from '../ui/words.ts';
import type { MeshPublisher } from '../mesh/meshPublisher.ts';
import { readSender } from '../view/receiverStats.ts';
import type { SfuPublication } from './sfuPublication.ts';
import type { ShareCapture } from './shareCapture.ts';
import type { ShareUi } from './shareUi.ts';

export interface ShareSamplerOptions {
    readonly root: HTMLElement;
    readonly ui: Pick<ShareUi, 'size' | 'limited'>;
    readonly send: (message: PageMessage) => void;
    readonly now: () => number;
    readonly capture: Pick<ShareCapture, 'now' | 'resized'>;
    readonly sfu: Pick<SfuPublication, 'publisher'>;
    readonly current: () => {
        readonly settings: ShareSettings | undefined;
        readonly mesh: MeshPublisher | undefined;
    };
}

export function createShareSampler(options: ShareSamplerOptions): () => Promise<void> {
    const { root, ui, send, now, capture, sfu, current } = options;
    const followSize = async (set: ShareSettings): Promise<void> => {
        const changed = capture.resized(set);
        if (!changed) return;
        const { width, height, maxBitrate } = changed;
        await Promise.all([current().mesh?.resized(width, height, maxBitrate), sfu.publisher?.limit(maxBitrate)]);
    };
    return async () => {
        const { settings: set, mesh } = current();
        if (set) await followSize(set);
        const suffering = await mesh?.suffers();
        if (suffering !== undefined) send({ type: 'share.uplink', viewers: suffering });
        const report = await (sfu.publisher ?? mesh)?.stats();
        const next = report && readSender(report, now());
        if (!next) return;
        ui.limited(
            limitWords(next.limitation, next.framesPerSecond, set?.maxFrameRate ?? 0, set?.contentHint ?? 'text'),
        );
        ui.size(next.width || capture.now?.width || 0, next.height || capture.now?.height || 0);
        root.dataset['hushFramesSent'] = String(next.framesDecoded);
    };
}
