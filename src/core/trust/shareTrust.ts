/**
 * Who may have a share, who has it, and why others do not: the rules of trust. The sharer's policy *admits* a device. A
 * device *holds* the share once the crypto layer delivered its key, or the direct connection works. From other devices
 * it is *withheld*.
 */
import type { TrustLevel, WithheldReason } from './trustLevels.ts';
import { trustWord } from './trustWords.ts';

/** `hush.trust.shareWith`. */
export const sharePolicies = ['everyone', 'crossSigned', 'verified'] as const;
export type SharePolicy = (typeof sharePolicies)[number];

/** What the crypto layer knows about a device. */
export interface Standing {
    readonly trust: TrustLevel;
    /** Its person's identity differs from the known one, and nobody here has acknowledged the change. */
    readonly identityChanged: boolean;
    /**
     * The device claims to be ours, but this device has not verified our identity. The homeserver's operator could have
     * made both, and this device could not notice it.
     */
    readonly unprovenOwn: boolean;
    /** The name that its person gave it. Empty without a name. */
    readonly deviceName: string;
}

/** Why a device may not have our share. Undefined: it may. A changed identity counts under every policy. */
export function refusalOf(policy: SharePolicy, standing: Standing | undefined): WithheldReason | undefined {
    if (!standing || standing.trust === 'unknown') return 'unknownDevice';
    if (standing.identityChanged) return 'identityChanged';
    if (policy === 'everyone' || standing.trust === 'verified') return undefined;
    if (standing.unprovenOwn) return 'sharerUnverified';
    if (standing.trust === 'unverified') return 'notCrossSigned';
    return policy === 'verified' ? 'notVerified' : undefined;
}

export interface AudienceDevice {
    readonly userId: string;
    readonly name: string;
    readonly deviceId: string;
    readonly deviceName: string;
    readonly trust: TrustLevel;
}
/** According to our crypto layer, it has what it needs to see the share. */
export interface Holder extends AudienceDevice {
    readonly way: 'key' | 'direct';
    /** ms since the epoch. From then on it could see the share, through every rotation. */
    readonly since: number;
}
/** Admitted, but it does not hold the share yet: the key is being sent, or could not be sent. */
export interface Pending extends AudienceDevice {
    readonly problem: string;
}
export interface Withheld extends AudienceDevice {
    readonly reason: WithheldReason;
}
export interface Rotation {
    readonly index: number;
    /** ms since the epoch. */
    readonly ts: number;
    readonly why: string;
}
export interface ShareAudience {
    readonly roomId: string;
    /** Undefined: set by another client, or not reported. */
    readonly policy: SharePolicy | undefined;
    /**
     * Index and age of the current media key. Undefined when all connections are direct, because each has its own keys.
     */
    readonly keyIndex: number | undefined;
    readonly rotatedTs: number | undefined;
    /** Newest first. Only for our own share. */
    readonly rotations: readonly Rotation[];
    readonly holders: readonly Holder[];
    readonly pending: readonly Pending[];
    readonly withheld: readonly Withheld[];
    /** Present when the sharer's device reported this. `ts`: ms since the epoch. */
    readonly toldBy?: { readonly userId: string; readonly deviceId: string; readonly ts: number };
}

export function sameAudience(a: ShareAudience | undefined, b: ShareAudience | undefined): boolean {
    return JSON.stringify(a) === JSON.stringify(b);
}

/** The weakest trust among these devices. */
function weakest(holders: readonly Holder[]): TrustLevel {
    for (const level of ['unknown', 'unverified', 'crossSigned'] as const)
        if (holders.some((h) => h.trust === level)) return level;
    return 'verified';
}

/** Short text for the viewer's bar: "2 devices can see this". Its tooltip is the whole line. */
export function audienceChip(audience: ShareAudience): { text: string; detail: string; tone: 'good' | 'warn' } {
    const { text, tone } = audienceSummary(audience);
    const { length } = audience.holders;
    const level = weakest(audience.holders);
    const weak = tone === 'warn' && length > 0 ? `, ${countOf(audience.holders, level)} ${trustWord(level)}` : '';
    return {
        text: length === 0 ? 'Nobody can see this' : `${devices(length)} can see this${weak}`,
        detail: text,
        tone,
    };
}

function countOf(holders: readonly Holder[], level: TrustLevel): number {
    return holders.filter(({ trust }) => trust === level).length;
}

function devices(count: number): string {
    return count === 1 ? '1 device' : `${count} devices`;
}

/** One line: "2 devices can see this: all verified". */
export function audienceSummary({ holders, withheld }: ShareAudience): { text: string; tone: 'good' | 'warn' } {
    const kept = withheld.length === 0 ? '' : ` · ${withheld.length} kept out`;
    if (holders.length === 0) return { text: `Nobody can see this${kept}`, tone: kept === '' ? 'good' : 'warn' };
    const level = weakest(holders);
    const good = level === 'verified' || level === 'crossSigned';
    const how = good
        ? `${holders.length === 1 ? '' : 'all '}${trustWord(level)}`
        : `${countOf(holders, level)} ${trustWord(level)}`;
    return {
        text: `${devices(holders.length)} can see this: ${how}${kept}`,
        tone: good && kept === '' ? 'good' : 'warn',
    };
}

/** Tells the sharer why a person cannot see, and what to do. */
export function withheldSentence(reason: WithheldReason, name: string): string {
    switch (reason) {
        case 'unknownDevice':
            return `The homeserver does not list that device of ${name}, so nothing is sent to it.`;
        case 'notCrossSigned':
            return `That device of ${name} is unverified. It gets the picture as soon as they have verified it there.`;
        case 'notVerified':
            return `You share with verified people only, and you have not verified ${name} yet.`;
        case 'identityChanged':
            return `The identity of ${name} has changed since you last saw it: they may have reset their encryption, or somebody pretends to be them. They get no picture until you acknowledge it.`;
        case 'sharerUnverified':
            return 'This device is unverified, so it cannot tell your own devices from forged ones. Verify it, and your other devices get the picture.';
    }
}

/** Where this device of ours stands in its person's identity. */
type OwnTrustKind =
    | 'checking'
    /** Our identity has signed it, and this device knows the identity's keys. */
    | 'trusted'
    /** The person has an identity, but this device is not part of it. */
    | 'untrusted'
    /** There is no identity yet, and the server requires the password to accept one. */
    | 'needsPassword'
    /** There is no identity yet, and the server requires a proof that Hush cannot give. */
    | 'otherAuth'
    /** The check or the set-up failed. It is tried again at the next connection. */
    | 'failed';

export interface OwnTrust {
    readonly kind: OwnTrustKind;
    /** Secret storage: whether a recovery key exists. */
    readonly recovery: 'unknown' | 'none' | 'ready';
    /**
     * The server-side key backup, as this device uses it. `replaced`: another client made a new one, and we lack its
     * key.
     */
    readonly backup: 'unknown' | 'off' | 'on' | 'replaced';
    /** The person has another verified device that can vouch for this one. */
    readonly otherDevices: boolean;
    /** Warnings about the homeserver. Absent: none. */
    readonly warnings?: readonly ServerWarning[];
}

/** A problem in the homeserver's answers that a person should know. */
export type ServerWarning =
    /** ms that this computer's clock is ahead of the server's. Negative: behind. */
    { readonly kind: 'clock'; readonly offMs: number } | DeviceLie;

/** A false claim of the server about a device, which was refused. */
export interface DeviceLie {
    readonly kind: 'device';
    readonly userId: string;
    readonly deviceId: string;
    /** Its key differs from the earlier one; it lacks its own signature; or it belongs to another user. */
    readonly how: 'otherKey' | 'wrongSignature' | 'foreignUser';
}

/** ms. A membership lasts four hours (MSC3401). A clock that is almost that far ahead treats every session as over. */
export const SESSION_CLOCK_MS = 3 * 3_600_000;

/** The sentence for a clock that is this many ms ahead (negative: behind). */
export function clockSentence(offMs: number): string {
    const minutes = Math.round(Math.abs(offMs) / 60_000);
    const [count, unit] =
        minutes < 120
            ? [minutes, 'minutes']
            : minutes < 48 * 60
              ? [Math.round(minutes / 60), 'hours']
              : [Math.round(minutes / 1_440), 'days'];
    const stopped = offMs > SESSION_CLOCK_MS ? 'Sharing, viewing and verifying do' : 'Verifying does';
    return `The clock of this computer is ${count} ${unit} ${offMs > 0 ? 'ahead of' : 'behind'} your homeserver’s. ${stopped} not work until it is set right.`;
}

/** The sentence for a false claim. `who` and `device`: safe to show. */
export function lieSentence({ how }: DeviceLie, who: string, device: string): string {
    const said = {
        otherKey: `Another key came for the device ${device} of ${who} than before. Hush goes on with the key it knew.`,
        wrongSignature: `Keys came for the device ${device} of ${who} that this device has not signed. Hush does not use them.`,
        foreignUser: `A device of somebody else was listed as ${device} of ${who}. Hush does not use it.`,
    }[how];
    return `${said} Nothing was sent to the forged device. That device or a homeserver is broken, or somebody is attacking you.`;
}
