/** How far a device is trusted, in one word for each level, the same wherever a person reads it. Pure. */
import type { TrustLevel } from './messages.ts';
import { visibleLine } from './visibleText.ts';

const WORDS: Readonly<Record<TrustLevel, string>> = {
    verified: 'verified',
    crossSigned: 'cross-signed',
    unverified: 'unverified',
    unknown: 'not checked yet',
};

export function trustWord(trust: TrustLevel): string {
    return WORDS[trust];
}

/** What the word means, for a tooltip. */
export function trustMeaning(trust: TrustLevel): string {
    switch (trust) {
        case 'verified':
            return 'Verified: you compared emoji with this person, or it is a device of yours.';
        case 'crossSigned':
            return 'Cross-signed: the device belongs to this account. You have not compared emoji with the person.';
        case 'unverified':
            return 'Unverified: nothing shows that this device belongs to the person, whose account may have been used by somebody else.';
        case 'unknown':
            return 'Not checked yet: your homeserver has not told about this device.';
    }
}

/** Characters of a device's name that are shown. */
const NAME_LENGTH = 60;

/** A person's name, then the device's where it has one: "Ann · Laptop". IDs belong into details. */
export function deviceLabel(name: string, deviceName: string): string {
    const device = visibleLine(deviceName, NAME_LENGTH);
    return [name, device].filter((part) => part !== '').join(' · ');
}
