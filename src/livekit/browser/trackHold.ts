/** Stops and starts the pictures of a published track, one change after another. */
import type { LocalTrack } from 'livekit-client';
import { Turns } from '../../core/base/turns.ts';

type HeldTrack = Pick<LocalTrack, 'mute' | 'unmute' | 'pauseUpstream' | 'resumeUpstream'>;

/**
 * Returns what brings the track to what `held` says. `held` is read when the turn comes, so the last turn ends with what
 * is true then. The steps of two changes at once would mix, and leave the track half paused.
 */
export function createTrackHold(track: () => HeldTrack | undefined): (held: () => boolean) => Promise<void> {
    const turns = new Turns();
    return (held) =>
        turns.take('hold', async () => {
            const current = track();
            // Does both. Muting alone sends black frames. A track that is only paused is resumed by livekit-client when
            // the captured window comes back from being minimised. In this order, viewers keep the last picture.
            if (held()) {
                await current?.pauseUpstream();
                await current?.mute();
            } else {
                await current?.unmute();
                await current?.resumeUpstream();
            }
        });
}
