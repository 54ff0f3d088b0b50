/** Explains why a message cannot be read, by the SDK's `DecryptionFailureCode`. */

/** Our own code: the keys belong to another person. */
export const NOT_THE_SENDER = 'NOT_THE_SENDER';

const WORDS: Readonly<Record<string, string>> = {
    MEGOLM_UNKNOWN_INBOUND_SESSION_ID:
        'This message cannot be read yet: its key has not arrived. It appears by itself when the sender’s device sends the key.',
    MEGOLM_KEY_WITHHELD: 'This message cannot be read: its sender did not give the key to this device.',
    MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE:
        'This message cannot be read: its sender gives keys to verified devices only, and this one is not verified.',
    OLM_UNKNOWN_MESSAGE_INDEX:
        'This message cannot be read: this device got the key for later messages only, as one that joins late does.',
    HISTORICAL_MESSAGE_NO_KEY_BACKUP:
        'This message was sent before you signed in on this device, and there is no key backup to read it with.',
    HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED:
        'This message was sent before you signed in on this device, which cannot use your key backup.',
    HISTORICAL_MESSAGE_WORKING_BACKUP:
        'This message was sent before you signed in on this device, and your key backup does not have its key.',
    HISTORICAL_MESSAGE_USER_NOT_JOINED: 'This message was sent while you were not in the room.',
    SENDER_IDENTITY_PREVIOUSLY_VERIFIED:
        'This message is not shown: its sender was verified once, and their identity has changed since.',
    [NOT_THE_SENDER]:
        'This message is not shown: it was not encrypted by the person it claims to come from. The homeserver may be attacking you.',
    UNSIGNED_SENDER_DEVICE: 'This message is not shown: its sender has not signed the device it came from.',
    UNKNOWN_SENDER_DEVICE: 'This message is not shown: the device it came from is not known.',
};

export function failureWords(code: string | undefined): string {
    return (
        (code !== undefined && Object.hasOwn(WORDS, code) ? WORDS[code] : undefined) ??
        'This message cannot be read: it could not be decrypted. "Hush: Show Log" may say more.'
    );
}
