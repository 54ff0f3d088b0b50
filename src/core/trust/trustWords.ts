/** The trust in a device: one word for each level, the same everywhere (docs/trust.md). */
import type { TrustLevel } from './trustLevels.ts';
import { visibleLine } from '../base/visibleText.ts';

const WORDS: Readonly<Record<TrustLevel, string>> = {
    verified: 'verified',
    crossSigned: 'cross-signed',
    unverified: 'unverified',
    unknown: 'not checked yet',
};

export function trustWord(trust: TrustLevel): string {
    return WORDS[trust];
}

/** The meaning of the word, for a tooltip. */
export function trustMeaning(trust: TrustLevel): string {
    switch (trust) {
        case 'verified':
            return 'Verified: you compared emoji with its owner, or it is your own, and its owner has signed it.';
        case 'crossSigned':
            return 'Cross-signed: its owner has signed this device as theirs. You have not compared emoji with them.';
        case 'unverified':
            return 'Unverified: its owner has not signed this device, so it may be somebody else’s.';
        case 'unknown':
            return 'Not checked yet: your homeserver has not told about this device.';
    }
}

/** The most characters of a device name that are shown. */
const NAME_LENGTH = 60;

/** A person's name, then the device's name if it has one: "Ann · Laptop". IDs belong in the details. */
export function deviceLabel(name: string, deviceName: string): string {
    const device = visibleLine(deviceName, NAME_LENGTH);
    return [name, device].filter((part) => part !== '').join(' · ');
}
