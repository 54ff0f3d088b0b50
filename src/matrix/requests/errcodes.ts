/**
 * Explains the error codes of Matrix to a person (client-server API, "Standard error response"). An operation that
 * knows a better meaning for a code gives its own sentence (`known` in matrixHttp.ts). Pure.
 */

/** These continue "Inviting @a:b did not work: …". */
const WORDS: Readonly<Record<string, string>> = {
    M_FORBIDDEN: 'you are not allowed to do that here.',
    M_UNKNOWN_TOKEN: 'the server does not know this sign-in any more. Sign in again.',
    M_MISSING_TOKEN: 'the server wants you to be signed in. Sign in again.',
    M_UNAUTHORIZED: 'the server does not accept this sign-in. Sign in again.',
    M_BAD_JSON: 'the server cannot make sense of what Hush asked for. Please report it.',
    M_NOT_JSON: 'the server cannot read what Hush asked for. Please report it.',
    M_MISSING_PARAM: 'the server misses something in what Hush asked for. Please report it.',
    M_INVALID_PARAM: 'the server does not accept a value. Check what you typed.',
    M_NOT_FOUND: 'the server does not have it. It may have been removed; check the spelling.',
    M_UNRECOGNIZED: 'this homeserver cannot do that. Its administrator may be able to update it.',
    M_USER_DEACTIVATED: 'this account was deactivated. Use another one, or ask the administrator of the server.',
    M_USER_IN_USE: 'this name is taken. Choose another one.',
    M_INVALID_USERNAME: 'the server does not allow this name. Use lower-case letters, digits and . _ - =',
    M_ROOM_IN_USE: 'this address is taken by another room. Choose another one.',
    M_INVALID_ROOM_STATE: 'the server does not accept a room with these settings. Change them and try again.',
    M_THREEPID_IN_USE: 'this email address or phone number belongs to another account.',
    M_THREEPID_NOT_FOUND: 'no account has this email address or phone number.',
    M_THREEPID_AUTH_FAILED: 'the address is not confirmed yet. Follow the link in the message that was sent to it.',
    M_THREEPID_DENIED: 'the server does not allow this address. Use another one.',
    M_SERVER_NOT_TRUSTED: 'your homeserver does not trust another server that is needed for it.',
    M_UNSUPPORTED_ROOM_VERSION: 'your homeserver cannot make rooms of this version. Choose another version.',
    M_INCOMPATIBLE_ROOM_VERSION:
        'your homeserver is too old for this room. Its administrator can update it; until then use another account.',
    M_BAD_STATE: 'it is not as it was a moment ago: somebody may have been faster. Look again.',
    M_GUEST_ACCESS_FORBIDDEN: 'guests may not come in. Use an account that is not a guest.',
    M_CAPTCHA_NEEDED: 'the server wants a puzzle solved first. Try again and follow its web page.',
    M_CAPTCHA_INVALID: 'the puzzle was not solved. Try again.',
    M_TOO_LARGE: 'it is too large for the server. Send less at once.',
    M_EXCLUSIVE: 'this name is reserved on the server. Choose another one.',
    M_RESOURCE_LIMIT_EXCEEDED: 'the homeserver is at a limit that its administrator has set.',
    M_CANNOT_LEAVE_SERVER_NOTICE_ROOM: 'the room of the server’s own notices cannot be left.',
    M_USER_LOCKED: 'your account is locked for now, on every device. Ask who runs the homeserver.',
    M_USER_SUSPENDED: 'your account is suspended: it may read, and do little else. Ask who runs the homeserver.',
    M_USER_LIMIT_EXCEEDED: 'your account is at a limit of the homeserver, such as its storage. Ask who runs it.',
    M_UNKNOWN_DEVICE: 'the server does not know this device. Sign in again.',
    M_WEAK_PASSWORD: 'the password is too weak for this server. Choose a longer one.',
    M_THREEPID_MEDIUM_NOT_SUPPORTED: 'the server takes no addresses of this kind. Use another one.',
    M_BAD_ALIAS: 'an address does not lead to this room. Check the spelling, or make it lead here first.',
    M_INVITE_BLOCKED: 'this person takes no invitations. Ask them in another way.',
    M_DUPLICATE_ANNOTATION: 'you put this reaction there already.',
    M_CANNOT_OVERWRITE_MEDIA: 'something else was uploaded in its place. Try again.',
    M_NOT_YET_UPLOADED: 'it is not uploaded yet. Try again in a moment.',
    M_WRONG_ROOM_KEYS_VERSION: 'the key backup was replaced by another one. Set up recovery again.',
    M_INVALID_SIGNATURE: 'the server does not accept a signature of this device. Please report it.',
    M_KEY_TOO_LARGE: 'the name of a field is too long for a profile. Shorten it.',
    M_PROFILE_TOO_LARGE: 'the profile would be too large. Shorten it.',
};

/** If a server names no code, or only `M_UNKNOWN`, the status decides (same section of the specification). */
const BY_STATUS: Readonly<Record<number, string>> = {
    401: 'M_UNKNOWN_TOKEN',
    403: 'M_FORBIDDEN',
    404: 'M_NOT_FOUND',
    413: 'M_TOO_LARGE',
};

/** The codes that have their own sentence. `M_LIMIT_EXCEEDED` has its own error. `M_UNKNOWN` depends on the status. */
export const KNOWN_ERRCODES: readonly string[] = Object.keys(WORDS);

/** Undefined for an unknown code. `doing`: "Inviting @a:b". */
export function errcodeSentence(doing: string, errcode: string | undefined, status: number): string | undefined {
    const vague = errcode === undefined || errcode === 'M_UNKNOWN';
    const code = vague ? BY_STATUS[status] : errcode;
    if (code === undefined || !Object.hasOwn(WORDS, code)) return undefined;
    return `${doing} did not work: ${WORDS[code] ?? ''}`;
}
