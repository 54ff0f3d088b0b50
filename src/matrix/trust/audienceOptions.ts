/** The inputs for the audiences of shares. */
import type { Disposable } from '../../core/base/disposable.ts';
import type { Calls } from '../calls/callRunner.ts';
import type { MediaKeys } from '../rtc/keyRingRunner.ts';
import type { Device } from '../rtc/olmMessages.ts';
import type { Admission } from './admission.ts';
import type { TrustMessages } from './trustMessages.ts';

export interface ShareAudiencesOptions {
    readonly self: Device;
    readonly keys: Pick<MediaKeys, 'report' | 'onReport' | 'reconsider'>;
    readonly calls: Pick<Calls, 'served' | 'servedRooms' | 'onServed' | 'expel'>;
    readonly admission: Admission;
    readonly messages: TrustMessages;
    /** Other devices in the room's session, each with its shares and the time it joined (ms since the epoch). */
    readonly members: (
        roomId: string,
    ) => readonly (Device & { readonly createdTs: number; readonly shares: readonly unknown[] })[];
    readonly onMembers: (listener: (roomId: string) => void) => Disposable;
    readonly nameOf: (roomId: string, userId: string) => string;
    /** Whether we and that person are both in the room. */
    readonly inRoom: (roomId: string, userId: string) => boolean;
    readonly now: () => number;
}
