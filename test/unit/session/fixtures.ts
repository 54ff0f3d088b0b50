/** Builders for session tests: short names for the things every test needs. */
import { reduce } from '../../../src/core/session/machine.ts';
import { initialState, type Effect, type SessionEvent, type SessionState } from '../../../src/core/session/state.ts';
import type { RtcMembership } from '../../../src/core/share/share.ts';

export const ROOM = '!room:hs';
export const ALICE = { userId: '@alice:hs', deviceId: 'ADEV' };
export const BOB = { userId: '@bob:hs', deviceId: 'BDEV' };

const SETTINGS = { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } as const;

export function member(who: { userId: string; deviceId: string }, patch: Partial<RtcMembership> = {}): RtcMembership {
    return {
        ...who,
        name: who.userId.slice(1, 4),
        memberId: `${who.userId}:${who.deviceId}`,
        createdTs: 1,
        identity: `${who.userId}:${who.deviceId}`,
        serviceUrl: 'https://sfu.hs/jwt',
        client: 'hush',
        shares: [],
        ...patch,
    };
}

/** Runs events through the reducer; keeps every effect. */
export class Run {
    state: SessionState = initialState;
    effects: Effect[] = [];

    constructor(self = ALICE) {
        this.do({ type: 'signedIn', self });
    }

    /** Effects of these events only. */
    do(...events: SessionEvent[]): Effect[] {
        const from = this.effects.length;
        for (const event of events) {
            const step = reduce(this.state, event);
            this.state = step.state;
            this.effects.push(...step.effects);
        }
        return this.effects.slice(from);
    }

    page(pageId: string, generation: number, message: Extract<SessionEvent, { type: 'page' }>['message']): Effect[] {
        return this.do({ type: 'page', pageId, generation, message });
    }
}

export const requestShare = (patch: Partial<Extract<SessionEvent, { type: 'shareRequested' }>> = {}): SessionEvent => ({
    type: 'shareRequested',
    shareId: 'S1',
    roomId: ROOM,
    roomName: 'Room',
    location: 'webview',
    settings: SETTINGS,
    transport: 'livekit',
    now: 1_000,
    ...patch,
});

export const requestView = (shareId: string | undefined = 'S9', tabId = 'V1'): SessionEvent => ({
    type: 'viewerTabRequested',
    tabId,
    target: { roomId: ROOM, ...BOB, shareId },
    sharerName: 'Bob',
    roomName: 'Room',
});

export const READY = { type: 'ready', displayCapture: true, frameEncryption: true } as const;
export const STARTED = { type: 'capture.started', width: 1280, height: 720, surface: 'monitor' } as const;

/** A run whose share is on the air. */
export function liveShare(): Run {
    const run = new Run();
    run.do(requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 });
    run.page('S1', 1, READY);
    run.page('S1', 1, STARTED);
    run.do({ type: 'joined', roomId: ROOM }, { type: 'keysReady', roomId: ROOM });
    run.page('S1', 1, { type: 'share.published', transport: 'livekit' });
    return run;
}

/** A run that watches Bob's share S9. */
export function liveView(): Run {
    const run = new Run();
    run.do(
        { type: 'rtcChanged', roomId: ROOM, members: [member(BOB, { shares: [{ id: 'S9', startedTs: 5 }] })] },
        requestView(),
        { type: 'grantReady', pageId: 'V1', generation: 1 },
    );
    run.page('V1', 1, READY);
    run.page('V1', 1, { type: 'view.state', state: 'live', detail: '' });
    return run;
}

export const types = (effects: readonly Effect[]): string[] =>
    effects.map((e) => (e.type === 'send' ? `send ${e.message.type}` : e.type));
