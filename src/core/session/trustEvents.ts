/** What is told of trust, with what still holds for who listens later: a window that opens, a tab of a new owner. Pure. */
import { Latest } from '../base/latest.ts';
import type { AudienceEvent, WithheldEvent } from './rtcPort.ts';

interface Told {
    readonly roomId: string;
    readonly userId: string;
    readonly deviceId: string;
}
const keyOf = ({ roomId, userId, deviceId }: Told): string => JSON.stringify([roomId, userId, deviceId]);

/** Sharers that are remembered, whatever their devices say. */
const MOST_SHARERS = 200;

export function latestAudiences(): Latest<AudienceEvent> {
    return new Latest<AudienceEvent>(keyOf, ({ audience }) => audience !== undefined, MOST_SHARERS);
}

export function latestWithheld(): Latest<WithheldEvent> {
    return new Latest<WithheldEvent>(keyOf, ({ reason }) => reason !== null, MOST_SHARERS);
}
