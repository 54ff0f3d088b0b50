/** How we know the device behind a share. `unknown` until the crypto layer has answered. */
export const trustLevels = ['verified', 'crossSigned', 'unverified', 'unknown'] as const;

export type TrustLevel = (typeof trustLevels)[number];

/** Why a sharer's device withholds its share from ours, as it told us. */
export const withheldReasons = [
    'unknownDevice',
    'notCrossSigned',
    'notVerified',
    'identityChanged',
    'sharerUnverified',
] as const;

export type WithheldReason = (typeof withheldReasons)[number];
