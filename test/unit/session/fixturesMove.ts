/** A direct share in a room with a media server, up to each stage of its move. */
import { ALICE, member, READY, requestShare, ROOM, Run, STARTED } from './fixtures.ts';
import { moveOf, transportOf } from '../../../src/core/session/course.ts';
import type { Effect } from '../../../src/core/session/state.ts';
import type { Transport, RtcMembership } from '../../../src/core/share/share.ts';

export const VIEWERS = [1, 2, 3, 4, 5].map((i) => ({ userId: `@v${i}:hs`, deviceId: `D${i}` }));
export const NO_SERVER = { code: 'media.noServer', message: 'none' } as const;

export const members = (run: Run, ...more: RtcMembership[]): Effect[] =>
    run.do({ type: 'rtcChanged', roomId: ROOM, members: [member(ALICE), ...VIEWERS.map((v) => member(v)), ...more] });

export const watch = (run: Run, viewer: number, via: Transport | 'unreached' | undefined = 'mesh', watching = true) =>
    run.do({ type: 'watch', roomId: ROOM, shareId: 'S1', ...VIEWERS[viewer - 1]!, watching, via });

export const granted = { type: 'grantReady', pageId: 'S1', generation: 1 } as const;

/** Live on the direct way. Viewers are in the session; none watches yet. */
export function liveDirect(transport: 'auto' | 'mesh' = 'auto'): Run {
    const run = new Run();
    run.do(requestShare({ transport }), granted);
    run.page('S1', 1, READY);
    run.page('S1', 1, STARTED);
    members(run);
    run.do({ type: 'joined', roomId: ROOM });
    run.page('S1', 1, { type: 'share.published', transport: 'mesh' });
    return run;
}

/** Five watch; the picture is at the media server too, and announced there. */
export function settling(): Run {
    const run = liveDirect();
    for (const i of [1, 2, 3, 4, 5]) watch(run, i);
    run.do(granted, { type: 'keysReady', roomId: ROOM });
    run.page('S1', 1, { type: 'share.published', transport: 'livekit' });
    run.do({ type: 'announced', roomId: ROOM });
    return run;
}

/** All five have moved to the media server. */
export function atServer(): Run {
    const run = settling();
    for (const i of [1, 2, 3, 4, 5]) watch(run, i, 'livekit');
    return run;
}

const courseOf = (run: Run) => run.state.share?.course ?? ({ kind: 'undecided' } as const);

/** The transport that our membership names. */
export const transport = (run: Run) => transportOf(courseOf(run));

/** The move that is under way. */
export const move = (run: Run) => moveOf(courseOf(run));

/** The wait until the share may safely go back. */
export const calmWait = (run: Run) => {
    const course = courseOf(run);
    return course.kind === 'steady' ? course.calm : undefined;
};
