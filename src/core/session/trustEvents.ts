/** Remembers trust events that still hold, for listeners that come later: a new window, or a tab of a new owner. */
import { Latest } from '../base/latest.ts';
import type { AudienceEvent, CoverEvent, WithheldEvent } from './rtcPort.ts';

interface Told {
    readonly roomId: string;
    readonly userId: string;
    readonly deviceId: string;
}
const keyOf = ({ roomId, userId, deviceId }: Told): string => JSON.stringify([roomId, userId, deviceId]);

/** The most sharers that are remembered, whatever their devices send. */
const MAX_SHARERS = 200;

export function latestAudiences(): Latest<AudienceEvent> {
    return new Latest<AudienceEvent>(keyOf, ({ audience }) => audience !== undefined, MAX_SHARERS);
}

export function latestWithheld(): Latest<WithheldEvent> {
    return new Latest<WithheldEvent>(keyOf, ({ reason }) => reason !== null, MAX_SHARERS);
}

export function latestCovers(): Latest<CoverEvent> {
    return new Latest<CoverEvent>(keyOf, ({ cover }) => cover !== null, MAX_SHARERS);
}
