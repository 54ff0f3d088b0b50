/** Lines for "Hush: Show Diagnostics". No secrets. */
import type { OwnTrust, SharePolicy } from '../core/trust/shareTrust.ts';
import type { StoredAccount } from '../core/account/storedAccounts.ts';
import type { OpenMatrixClient } from './sdk/client.ts';
import type { IceServers } from './calls/iceServers.ts';
import type { Grants } from './rtc/grants.ts';
import { transportWords } from './rtc/homeserverSfu.ts';
import type { OlmMessages } from './rtc/olmMessages.ts';
import type { Transports } from './rtc/transports.ts';

export interface DiagnosticsInput {
    readonly stored: StoredAccount;
    readonly client: OpenMatrixClient;
    readonly messages: OlmMessages;
    readonly transports: Transports;
    readonly iceServers: IceServers;
    readonly grants: Pick<Grants, 'outdated'>;
    readonly own: OwnTrust;
    readonly policy: SharePolicy;
    readonly readyMs: number | undefined;
    readonly storePath: string;
}

export function accountDiagnostics({
    stored,
    client,
    messages,
    transports,
    iceServers,
    grants,
    own,
    policy,
    readyMs,
    storePath,
}: DiagnosticsInput): (readonly [string, string])[] {
    const transport = transports.last();
    const ice = iceServers.last();
    return [
        ['Homeserver', stored.baseUrl],
        ['Device', stored.deviceId],
        ['Sync', `${client.syncState ?? 'not started'}, ${client.online ? 'online' : 'offline'}`],
        [
            'Ready',
            readyMs === undefined
                ? 'not yet'
                : `after ${Math.round(readyMs)} ms, ${client.startedFromStore ? 'from the store' : 'by an initial sync'}`,
        ],
        ['Rooms left out of the sync', String(client.quietRooms)],
        ['Crypto', client.sdk.getCrypto()?.getVersion() ?? 'none'],
        ['Store', `SQLite, ${Math.ceil(client.store.sizeBytes() / 1_024)} KiB, ${storePath}`],
        [
            'One-time keys on the server',
            client.oneTimeKeyCount === undefined ? 'not known yet' : String(client.oneTimeKeyCount),
        ],
        ['This device', `${own.kind}; recovery ${own.recovery}, backup ${own.backup}; shares with ${policy}`],
        ['Refused messages', String(messages.refused)],
        ['Servers for direct connections', ice ? ice.used.join(', ') || 'none' : 'not asked yet'],
        ...(ice && ice.leftOut.length > 0 ? [['Of those left out', ice.leftOut.join(', ')] as const] : []),
        [
            'Media server',
            transport ? `${transportWords(transport.serviceUrl)} (from ${transport.source})` : 'not asked yet',
        ],
        ...grants
            .outdated()
            .map(
                (host) =>
                    [
                        'Authorisation service',
                        `${host} is too old: lk-jwt-service before 0.8.0 has a security advisory`,
                    ] as const,
            ),
    ];
}
