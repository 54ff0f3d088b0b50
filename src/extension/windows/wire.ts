/**
 * What two windows of one person say to each other over their socket. Only a process that could read the owner's file
 * gets this far (see ownerFile.ts), and both run the same version of Hush, so values keep their shapes (structured
 * clones, by V8); what may be called is listed here all the same. Pure.
 */
import type { Account } from '../../core/account/account.ts';
import { HushError, isHushError, userMessage, type ErrorCode } from '../../core/base/errors.ts';
import type { Progress } from '../../core/files/filesPort.ts';
import type {
    AudienceEvent,
    KeyEvent,
    MediaKey,
    MembershipLost,
    WatchEvent,
    WithheldEvent,
} from '../../core/session/rtcPort.ts';
import type { ForeignCall } from '../../core/session/callsPort.ts';
import type { RoomMethod, RoomNews } from '../../core/rooms/roomsPort.ts';
import type { OwnTrust } from '../../core/trust/shareTrust.ts';
import type { Verification } from '../../core/trust/trustPort.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import type { HostMessage } from '../../core/share/mediaMessages.ts';
import { ROOM_PATHS } from './portMethods.ts';

type Methods<T> = { [K in keyof T & string]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T & string];
type Path =
    | Exclude<Methods<Account>, `on${string}` | 'rooms' | 'start' | 'stop' | 'dispose'>
    | `devices.${Methods<Account['devices']>}`
    | `rtc.${Exclude<Methods<Account['rtc']>, `on${string}` | 'currentKeys'>}`
    | `calls.${Exclude<Methods<Account['calls']>, `on${string}`>}`
    | `chat.${Exclude<Methods<Account['chat']>, `on${string}`>}`
    | `files.${Exclude<Methods<Account['files']>, `on${string}`>}`
    | `roomAdmin.${RoomMethod}`
    | `presence.${Exclude<Methods<Account['presence']>, `on${string}`>}`
    | `trust.${Exclude<Methods<Account['trust']>, `on${string}`>}`;

/** Every method that another window may call, and whether it waits for the answer. */
export const METHODS = {
    people: 'ask',
    deviceTrust: 'ask',
    deviceName: 'ask',
    createSessionRoom: 'ask',
    invite: 'ask',
    join: 'ask',
    leaveRoom: 'ask',
    linkWorkspace: 'ask',
    diagnostics: 'ask',
    keysElsewhere: 'ask',
    signOut: 'ask',
    'devices.server': 'ask',
    'devices.list': 'ask',
    'devices.rename': 'ask',
    'devices.askRemoval': 'ask',
    'devices.page': 'ask',
    'rtc.join': 'ask',
    'rtc.announce': 'ask',
    'rtc.leave': 'ask',
    'rtc.mayShare': 'ask',
    'rtc.publishGrant': 'ask',
    'rtc.viewGrant': 'ask',
    'rtc.startKeys': 'ask',
    'rtc.stopKeys': 'tell',
    'rtc.sendWatch': 'ask',
    'calls.serve': 'tell',
    'calls.watch': 'tell',
    'calls.release': 'tell',
    'calls.retire': 'tell',
    'calls.pageSaid': 'tell',
    'calls.call': 'tell',
    'calls.accept': 'tell',
    'calls.decline': 'tell',
    'calls.adopt': 'tell',
    'calls.deviceGone': 'tell',
    'calls.roomLeft': 'tell',
    'chat.timeline': 'ask',
    'chat.earlier': 'ask',
    'chat.later': 'ask',
    'chat.find': 'ask',
    'chat.send': 'ask',
    ...ROOM_PATHS,
    'files.limit': 'ask',
    'files.send': 'ask',
    'files.cancel': 'tell',
    'files.image': 'ask',
    'files.save': 'ask',
    'presence.look': 'tell',
    'presence.show': 'tell',
    'presence.type': 'tell',
    'presence.markRead': 'tell',
    'presence.activity': 'ask',
    'trust.policyChanged': 'tell',
    'trust.person': 'ask',
    'trust.acknowledge': 'ask',
    'trust.setUpIdentity': 'ask',
    'trust.resetIdentity': 'ask',
    'trust.setUpRecovery': 'ask',
    'trust.recoveryKind': 'ask',
    'trust.recover': 'ask',
    'trust.verifyOwnDevices': 'ask',
    'trust.verifyPerson': 'ask',
    'trust.verify': 'ask',
} as const satisfies Record<Path, 'ask' | 'tell'>;
export type Method = keyof typeof METHODS;

export function isMethod(path: unknown): path is Method {
    return typeof path === 'string' && Object.hasOwn(METHODS, path);
}

/** First message of the owner. */
export interface Welcome {
    readonly userId: string;
    readonly deviceId: string;
    readonly state: AccountState;
    readonly rooms: readonly RoomSnapshot[];
    readonly keys: readonly RoomKeys[];
}
export interface RoomKeys {
    readonly roomId: string;
    readonly keys: readonly MediaKey[];
}
/** What the owner tells by itself; in order, and before the answer to what caused it. */
export type Told =
    | { readonly kind: 'state'; readonly state: AccountState }
    /** `order` lists every room; those that changed come along. */
    | { readonly kind: 'rooms'; readonly order: readonly string[]; readonly changed: readonly RoomSnapshot[] }
    | { readonly kind: 'invite'; readonly room: RoomSnapshot }
    /** All keys of a room that are known now. */
    | { readonly kind: 'keys'; readonly keys: RoomKeys }
    | { readonly kind: 'key'; readonly event: KeyEvent }
    | { readonly kind: 'watch'; readonly event: WatchEvent }
    | { readonly kind: 'lost'; readonly roomId: string; readonly error: WireError }
    | { readonly kind: 'foreign'; readonly event: ForeignCall }
    | { readonly kind: 'page'; readonly call: string; readonly generation: number; readonly message: HostMessage }
    | { readonly kind: 'chat'; readonly roomId: string }
    | { readonly kind: 'progress'; readonly progress: Progress }
    | { readonly kind: 'roomNews'; readonly news: RoomNews }
    | { readonly kind: 'activity'; readonly roomId: string }
    | { readonly kind: 'own'; readonly own: OwnTrust }
    | { readonly kind: 'verification'; readonly verification: Verification }
    | { readonly kind: 'withheld'; readonly event: WithheldEvent }
    | { readonly kind: 'audience'; readonly event: AudienceEvent }
    | { readonly kind: 'gaveUp'; readonly call: string; readonly generation: number };

export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

export interface WireError {
    readonly code: ErrorCode;
    readonly message: string;
    readonly retryAfterMs: number | undefined;
}

export function toWire(error: unknown): WireError {
    if (!isHushError(error)) return { code: 'internal', message: userMessage(error, 'This'), retryAfterMs: undefined };
    return { code: error.code, message: error.message, retryAfterMs: error.retryAfterMs };
}

export function fromWire({ code, message, retryAfterMs }: WireError): HushError {
    return new HushError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}

export function lostOf(told: Extract<Told, { kind: 'lost' }>): MembershipLost {
    return { roomId: told.roomId, error: fromWire(told.error) };
}
