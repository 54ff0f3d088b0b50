/**
 * How each method of an account travels between the windows of one person. The table is also an allow-list: a window
 * can ask another window for nothing else. Values that are read without waiting (`state`, `rooms()`,
 * `trust.own`, `rtc.currentKeys`) are mirrored (extension/windows/mirrors.ts).
 */
import type { ChatPort } from '../chat/chatPort.ts';
import type { FilesPort } from '../files/filesPort.ts';
import type { PresencePort } from '../rooms/presencePort.ts';
import type { RoomsPort } from '../rooms/roomsPort.ts';
import type { CallsPort } from '../session/callsPort.ts';
import type { RtcPort } from '../session/rtcPort.ts';
import type { TrustPort } from '../trust/trustPort.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Account, Devices } from './account.ts';
import { proxyPort, type Proxied, type Wiring, type Word, type Words } from './portProxy.ts';

/** The empty name holds the methods of the account itself. */
interface Ports {
    readonly '': Account;
    readonly rtc: RtcPort;
    readonly calls: CallsPort;
    readonly chat: ChatPort;
    readonly files: FilesPort;
    readonly presence: PresencePort;
    readonly trust: TrustPort;
    readonly roomAdmin: RoomsPort;
    readonly devices: Devices;
}

export const ACCOUNT_CALLS = {
    '': {
        people: 'again',
        deviceTrust: 'again',
        deviceName: 'again',
        createSessionRoom: 'once',
        invite: 'once',
        join: 'once',
        leaveRoom: 'once',
        linkWorkspace: 'once',
        diagnostics: 'again',
        keysElsewhere: 'again',
        signOut: 'once',
        onInvite: 'event',
        onState: 'local',
        rooms: 'local',
        onRooms: 'local',
        start: 'local',
        stop: 'local',
        dispose: 'local',
    },
    rtc: {
        join: 'again',
        announce: 'again',
        leave: 'again',
        mayShare: 'again',
        publishGrant: 'again',
        viewerGrant: 'again',
        startKeys: 'again',
        stopKeys: 'tell',
        currentKeys: 'local',
        sendWatch: 'again',
        onKey: 'event',
        onWatch: 'event',
        sendCover: 'again',
        onCover: 'event',
        onWithheld: 'event',
        onAudience: 'event',
        onMembershipLost: 'event',
    },
    calls: {
        publish: 'tell',
        watch: 'tell',
        release: 'tell',
        unpublish: 'tell',
        handlePageMessage: 'tell',
        call: 'tell',
        accept: 'tell',
        decline: 'tell',
        adopt: 'tell',
        deviceGone: 'tell',
        roomLeft: 'tell',
        onForeignCall: 'event',
        onPage: 'event',
        onGaveUp: 'event',
    },
    chat: { timeline: 'once', earlier: 'once', later: 'once', find: 'once', send: 'once', onChange: 'event' },
    files: {
        limit: 'again',
        // A second run does no harm, but may take long. So the person decides whether to start again.
        send: 'once',
        cancel: 'tell',
        image: 'again',
        save: 'once',
        onProgress: 'event',
    },
    presence: { look: 'tell', show: 'tell', type: 'tell', markRead: 'tell', activity: 'again', onActivity: 'event' },
    trust: {
        onOwn: 'local',
        policyChanged: 'tell',
        person: 'again',
        acknowledge: 'once',
        setUpIdentity: 'once',
        resetIdentity: 'once',
        setUpRecovery: 'once',
        recoveryKind: 'again',
        recover: 'once',
        verifyOwnDevices: 'once',
        verifyPerson: 'once',
        verify: 'once',
        onVerification: 'event',
    },
    roomAdmin: {
        lookUp: 'again',
        people: 'again',
        kick: 'once',
        ban: 'once',
        unban: 'once',
        setLevel: 'once',
        ignored: 'again',
        setIgnored: 'again',
        preview: 'again',
        joinTarget: 'once',
        knock: 'once',
        settings: 'again',
        picture: 'again',
        change: 'once',
        versions: 'again',
        upgrade: 'once',
        onNews: 'event',
    },
    devices: { server: 'again', list: 'again', rename: 'once', askRemoval: 'once', page: 'once' },
} as const satisfies { readonly [P in keyof Ports]: Words<Ports[P]> };

type PortName = keyof Ports;
const TABLE: Readonly<Record<PortName, Readonly<Record<string, Word>>>> = ACCOUNT_CALLS;
const prefixOf = (port: string): string => (port === '' ? '' : `${port}.`);

export type ProxiedAccount = { readonly [P in PortName]: Proxied<Ports[P], (typeof ACCOUNT_CALLS)[P]> };

/** Builds a proxy for every port with `wiring`. The caller adds the `local` methods. */
export function proxyAccount(wiring: Wiring): ProxiedAccount {
    const ports = Object.entries(TABLE).map(([port, words]) => [port, proxyPort(prefixOf(port), words, wiring)]);
    return Object.fromEntries(ports) as ProxiedAccount;
}

/** Calls the method at `path`. @throws Error for a path that no window may use. */
export function callAccount(account: Account, path: string, args: readonly unknown[]): unknown {
    const [port, name] = split(path);
    const word = Object.hasOwn(TABLE, port) && Object.hasOwn(TABLE[port], name) ? TABLE[port][name] : undefined;
    if (word !== 'again' && word !== 'once' && word !== 'tell') throw new Error('no such method');
    return methodAt(account, port, name)(...args);
}

/** Reports every event of the account until it is disposed. */
export function followAccount(
    account: Account,
    listener: (path: string, args: readonly unknown[]) => void,
): readonly Disposable[] {
    return Object.entries(TABLE).flatMap(([port, words]) =>
        Object.entries(words)
            .filter(([, word]) => word === 'event')
            .map(([name]) => {
                const path = `${prefixOf(port)}${name}`;
                const heard = (...args: readonly unknown[]): void => listener(path, args);
                return methodAt(account, port as PortName, name)(heard) as Disposable;
            }),
    );
}

function split(path: string): [PortName, string] {
    const dot = path.indexOf('.');
    return (dot <= 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)]) as [PortName, string];
}

function methodAt(account: Account, port: PortName, name: string): (...args: readonly unknown[]) => unknown {
    const target = (port === '' ? account : account[port]) as unknown as Record<string, unknown>;
    const method = target[name];
    if (typeof method !== 'function') throw new Error(`${port} has no ${name}`);
    return (...args) => (method as (...all: readonly unknown[]) => unknown).apply(target, [...args]);
}
