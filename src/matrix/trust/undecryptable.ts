/** Why a message of a room cannot be read here, in a sentence. Pure. */

/** By matrix-js-sdk's `DecryptionFailureCode`. */
const CAUSES: Readonly<Record<string, string>> = {
    MEGOLM_UNKNOWN_INBOUND_SESSION_ID: 'its key has not arrived (yet)',
    MEGOLM_KEY_WITHHELD: 'its sender keeps the key from this device',
    MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE: 'its sender gives keys to verified devices only: verify this device',
    OLM_UNKNOWN_MESSAGE_INDEX: 'its key was given from a later message on',
    HISTORICAL_MESSAGE_NO_KEY_BACKUP: 'it is older than this device, and there is no key backup',
    HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED:
        'it is older than this device, whose key backup is not connected: use the recovery key',
    HISTORICAL_MESSAGE_WORKING_BACKUP: 'it is older than this device, and its key is not in the backup',
    HISTORICAL_MESSAGE_USER_NOT_JOINED: 'it was sent while you were not in the room',
    SENDER_IDENTITY_PREVIOUSLY_VERIFIED: 'the identity of its sender has changed since you verified them',
    UNSIGNED_SENDER_DEVICE: 'its sender has not verified the device that sent it',
    UNKNOWN_SENDER_DEVICE: 'it comes from a device that is not known',
};

export function whyUndecryptable(code: string | null): string {
    return CAUSES[code ?? ''] ?? 'its encryption is broken';
}
