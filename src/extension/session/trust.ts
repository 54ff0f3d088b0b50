/**
 * Who may have a share, who really has it, and what keeps the others out: the words and rules of trust. A device is
 * *admitted* by the policy of its sharer, *holds* the share once the crypto layer delivered its key (or the direct
 * connection stands), and is *withheld* from otherwise. Pure.
 */
import type { TrustLevel, WithheldReason } from '../../webview/protocol/messages.ts';

/** `hush.trust.shareWith`. */
export const sharePolicies = ['everyone', 'crossSigned', 'verified'] as const;
export type SharePolicy = (typeof sharePolicies)[number];

/** What the crypto layer knows of a device. */
export interface Standing {
    readonly trust: TrustLevel;
    /** Its owner's identity is another than the one we knew, and nobody here has acknowledged that. */
    readonly identityChanged: boolean;
    /** As its owner named it; empty without a name. */
    readonly deviceName: string;
}

/** Why a device may not have our share; undefined: it may. A changed identity counts under every policy. */
export function refusalOf(policy: SharePolicy, standing: Standing | undefined): WithheldReason | undefined {
    if (!standing || standing.trust === 'unknown') return 'unknownDevice';
    if (standing.identityChanged) return 'identityChanged';
    if (policy === 'everyone' || standing.trust === 'verified') return undefined;
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

const TRUST_WORDS: Readonly<Record<TrustLevel, string>> = {
    verified: 'verified',
    crossSigned: 'cross-signed',
    unverified: 'unverified',
    unknown: 'not known here',
};

export function trustWord(trust: TrustLevel): string {
    return TRUST_WORDS[trust];
}

/** Of the people on this list, the weakest trust. */
function weakest(holders: readonly Holder[]): TrustLevel {
    for (const level of ['unknown', 'unverified', 'crossSigned'] as const)
        if (holders.some((h) => h.trust === level)) return level;
    return 'verified';
}

/** For the viewer's bar, where space is short: "2 can see this". The whole line is its tooltip. */
export function audienceChip(audience: ShareAudience): { text: string; detail: string; tone: 'good' | 'warn' } {
    const { text, tone } = audienceSummary(audience);
    const { length } = audience.holders;
    const weak = tone === 'warn' && length > 0 ? `, ${trustWord(weakest(audience.holders))}` : '';
    return { text: length === 0 ? 'nobody can see this' : `${length} can see this${weak}`, detail: text, tone };
}

/** One line: "2 devices can see this: all verified". */
export function audienceSummary({ holders, withheld }: ShareAudience): { text: string; tone: 'good' | 'warn' } {
    const kept = withheld.length === 0 ? '' : ` · ${withheld.length} kept out`;
    if (holders.length === 0) return { text: `Nobody can see this${kept}`, tone: kept === '' ? 'good' : 'warn' };
    const level = weakest(holders);
    const good = level === 'verified' || level === 'crossSigned';
    const count = holders.length === 1 ? '1 device can see this' : `${holders.length} devices can see this`;
    const how = good
        ? `${holders.length === 1 ? '' : 'all '}${trustWord(level)}`
        : `${holders.filter((h) => h.trust === level).length} ${trustWord(level)}`;
    return { text: `${count}: ${how}${kept}`, tone: good && kept === '' ? 'good' : 'warn' };
}

/** The sharer's side: why X cannot see, and the way on. */
export function withheldSentence(reason: WithheldReason, name: string): string {
    switch (reason) {
        case 'unknownDevice':
            return `The homeserver does not list that device of ${name}, so nothing is sent to it.`;
        case 'notCrossSigned':
            return `${name} has not verified that device yet. It gets the picture as soon as they have.`;
        case 'notVerified':
            return `You share with verified people only, and you have not verified ${name} yet.`;
        case 'identityChanged':
            return `The identity of ${name} has changed since you last saw it: they may have set up their encryption anew, or somebody pretends to be them. They get no picture until you acknowledge it.`;
    }
}

/** Where this device of ours stands in its person's identity. */
export type OwnTrustKind =
    | 'checking'
    /** Signed by our identity, whose keys are known here. */
    | 'trusted'
    /** The person has an identity; this device is not part of it. */
    | 'untrusted'
    /** There is no identity yet, and the server wants the password before it takes one. */
    | 'needsPassword'
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
}
