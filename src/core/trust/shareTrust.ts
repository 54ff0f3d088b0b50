/**
 * Who may have a share, who really has it, and what keeps the others out: the words and rules of trust. A device is
 * *admitted* by the policy of its sharer, *holds* the share once the crypto layer delivered its key (or the direct
 * connection stands), and is *withheld* from otherwise. Pure.
 */
import type { TrustLevel, WithheldReason } from './trustLevels.ts';
import { trustWord } from './trustWords.ts';

/** `hush.trust.shareWith`. */
export const sharePolicies = ['everyone', 'crossSigned', 'verified'] as const;
export type SharePolicy = (typeof sharePolicies)[number];

/** What the crypto layer knows of a device. */
export interface Standing {
    readonly trust: TrustLevel;
    /** Its owner's identity is another than the one we knew, and nobody here has acknowledged that. */
    readonly identityChanged: boolean;
    /**
     * It is said to be ours, and this device has not verified our identity: whoever runs the homeserver could have made
     * both, and nothing here would tell.
     */
    readonly unprovenOwn: boolean;
    /** As its owner named it; empty without a name. */
    readonly deviceName: string;
}

/** Why a device may not have our share; undefined: it may. A changed identity counts under every policy. */
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
/** It has what it needs to see the share, by our crypto layer's word. */
export interface Holder extends AudienceDevice {
    readonly way: 'key' | 'direct';
    /** ms since the epoch: it could see the share from then on, through every rotation since. */
    readonly since: number;
}
/** Admitted, and does not hold the share yet: the key is on its way, or could not be sent. */
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
    /** Undefined: by another client, or not told. */
    readonly policy: SharePolicy | undefined;
    /** Index and age of the current media key; undefined where only direct connections are (each has keys of its own). */
    readonly generation: number | undefined;
    readonly rotatedTs: number | undefined;
    /** Newest first; ours only. */
    readonly rotations: readonly Rotation[];
    readonly holders: readonly Holder[];
    readonly pending: readonly Pending[];
    readonly withheld: readonly Withheld[];
    /** Set when it is what the sharer's device told us, and when (ms since the epoch). */
    readonly toldBy?: { readonly userId: string; readonly deviceId: string; readonly ts: number };
}

export function sameAudience(a: ShareAudience | undefined, b: ShareAudience | undefined): boolean {
    return JSON.stringify(a) === JSON.stringify(b);
}

/** Of the people on this list, the weakest trust. */
function weakest(holders: readonly Holder[]): TrustLevel {
    for (const level of ['unknown', 'unverified', 'crossSigned'] as const)
        if (holders.some((h) => h.trust === level)) return level;
    return 'verified';
}

/** For the viewer's bar, where space is short: "2 devices can see this". The whole line is its tooltip. */
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

/** The sharer's side: why X cannot see, and the way on. */
export function withheldSentence(reason: WithheldReason, name: string): string {
    switch (reason) {
        case 'unknownDevice':
            return `The homeserver does not list that device of ${name}, so nothing is sent to it.`;
        case 'notCrossSigned':
            return `That device of ${name} is unverified. It gets the picture as soon as they have verified it there.`;
        case 'notVerified':
            return `You share with verified people only, and you have not verified ${name} yet.`;
        case 'identityChanged':
            return `The identity of ${name} has changed since you last saw it: they may have set up their encryption anew, or somebody pretends to be them. They get no picture until you acknowledge it.`;
        case 'sharerUnverified':
            return 'This device is unverified, so it cannot tell your own devices from forged ones. Verify it, and your other devices get the picture.';
    }
}

/** Where this device of ours stands in its person's identity. */
type OwnTrustKind =
    | 'checking'
    /** Signed by our identity, whose keys are known here. */
    | 'trusted'
    /** The person has an identity; this device is not part of it. */
    | 'untrusted'
    /** There is no identity yet, and the server wants the password before it takes one. */
    | 'needsPassword'
    /** There is no identity yet, and the server wants a proof before it takes one that Hush cannot give. */
    | 'otherAuth'
    /** It could not be found out or set up; tried again at the next connection. */
    | 'failed';

export interface OwnTrust {
    readonly kind: OwnTrustKind;
    /** Secret storage: there is a recovery key. */
    readonly recovery: 'unknown' | 'none' | 'ready';
    /** Server-side key backup, as this device uses it. `replaced`: another client made a new one that we have no key of. */
    readonly backup: 'unknown' | 'off' | 'on' | 'replaced';
    /** The person has another verified device that can vouch for this one. */
    readonly otherDevices: boolean;
    /** Of the homeserver; absent: none. */
    readonly warnings?: readonly ServerWarning[];
}

/** What a person ought to know of what their homeserver answers. */
export type ServerWarning =
    /** ms that this computer's clock is ahead of the server's; negative: behind. */
    { readonly kind: 'clock'; readonly offMs: number } | DeviceLie;

/** The server's word about a device that cannot be true, and was refused. */
export interface DeviceLie {
    readonly kind: 'device';
    readonly userId: string;
    readonly deviceId: string;
    /** It has another key than before; what is said of it bears no signature of its own; it is said to be somebody else's. */
    readonly how: 'otherKey' | 'wrongSignature' | 'foreignUser';
}

/**
 * A membership lasts four hours (MSC3401): a clock that is nearly that far ahead takes every session for over. ms.
 */
export const SESSION_CLOCK_MS = 3 * 3_600_000;

/** The sentence for a clock that is that many ms ahead (negative: behind). */
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

/** The sentence for a lie; `who` and `device` as they may be shown. */
export function lieSentence({ how }: DeviceLie, who: string, device: string): string {
    const said = {
        otherKey: `Another key came for the device ${device} of ${who} than before. Hush goes on with the key it knew.`,
        wrongSignature: `Keys came for the device ${device} of ${who} that this device has not signed. Hush does not use them.`,
        foreignUser: `A device of somebody else was listed as ${device} of ${who}. Hush does not use it.`,
    }[how];
    return `${said} Nothing was sent to the forged device. That device or a homeserver is broken, or somebody is attacking you.`;
}
