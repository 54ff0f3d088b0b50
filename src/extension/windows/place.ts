/** What one window has of the account that all share, and what it hears. */
import type { Account } from '../../core/account/account.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { RoomNotice } from '../../core/rooms/roomsPort.ts';
import type { OwnStatus } from '../../core/rooms/presencePort.ts';
import type { CallsPort, ForeignCall } from '../../core/session/callsPort.ts';
import type { RtcPort } from '../../core/session/rtcPort.ts';
import type { Share } from '../../core/share/share.ts';
import type { Verification } from '../../core/trust/trustPort.ts';

export interface Place {
    readonly shares: Map<string, readonly Share[]>;
    readonly keys: Set<string>;
    readonly pages: Set<string>;
    readonly watching: Set<string>;
    /** The presence that this window would show to others. */
    status: OwnStatus;
    readonly invited: Listeners<Parameters<Parameters<Account['onInvite']>[0]>>;
    readonly roomNews: Listeners<[RoomNotice]>;
    readonly foreign: Listeners<[ForeignCall]>;
    readonly page: Listeners<Parameters<Parameters<CallsPort['onPage']>[0]>>;
    readonly gaveUp: Listeners<[string, number]>;
    readonly verifications: Listeners<[Verification]>;
    readonly lost: Listeners<Parameters<Parameters<RtcPort['onMembershipLost']>[0]>>;
}

export function newPlace(): Place {
    return {
        shares: new Map(),
        keys: new Set(),
        pages: new Set(),
        watching: new Set(),
        status: 'hidden',
        invited: new Listeners(),
        roomNews: new Listeners(),
        foreign: new Listeners(),
        page: new Listeners(),
        gaveUp: new Listeners(),
        verifications: new Listeners(),
        lost: new Listeners(),
    };
}
