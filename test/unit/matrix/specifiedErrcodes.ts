/**
 * Every error code that the client-server API names (matrix-spec at d0ba2aaef801, after 1.18 of the specification), copied from
 * its text and not from ours. To bring it up to date, in a checkout of matrix-org/matrix-spec:
 * `git grep -ohE 'M_[A-Z_]*[A-Z]' -- content/client-server-api data/api/client-server | sort -u`.
 */
const listed = (text: string): readonly string[] => text.trim().split(/\s+/u);

/** "Common error codes": of any endpoint. */
export const COMMON = listed(`
    M_BAD_JSON M_FORBIDDEN M_LIMIT_EXCEEDED M_MISSING_TOKEN M_NOT_FOUND M_NOT_JSON M_RESOURCE_LIMIT_EXCEEDED M_UNKNOWN
    M_UNKNOWN_DEVICE M_UNKNOWN_TOKEN M_UNRECOGNIZED M_USER_LIMIT_EXCEEDED M_USER_LOCKED M_USER_SUSPENDED
`);

/** "Other error codes": of certain endpoints. */
export const OTHER = listed(`
    M_BAD_STATE M_CANNOT_LEAVE_SERVER_NOTICE_ROOM M_CAPTCHA_INVALID M_CAPTCHA_NEEDED M_EXCLUSIVE
    M_GUEST_ACCESS_FORBIDDEN M_INCOMPATIBLE_ROOM_VERSION M_INVALID_PARAM M_INVALID_ROOM_STATE M_INVALID_USERNAME
    M_MISSING_PARAM M_ROOM_IN_USE M_SERVER_NOT_TRUSTED M_THREEPID_AUTH_FAILED M_THREEPID_DENIED M_THREEPID_IN_USE
    M_THREEPID_MEDIUM_NOT_SUPPORTED M_THREEPID_NOT_FOUND M_TOO_LARGE M_UNAUTHORIZED M_UNSUPPORTED_ROOM_VERSION
    M_USER_DEACTIVATED M_USER_IN_USE
`);

/** Named by single endpoints and modules. */
export const OF_ENDPOINTS = listed(`
    M_BAD_ALIAS M_CANNOT_OVERWRITE_MEDIA M_DUPLICATE_ANNOTATION M_INVALID_SIGNATURE M_INVITE_BLOCKED M_KEY_TOO_LARGE
    M_NOT_YET_UPLOADED M_PROFILE_TOO_LARGE M_WEAK_PASSWORD M_WRONG_ROOM_KEYS_VERSION
`);

/** Only who runs an application service can meet these. */
export const OF_APPLICATION_SERVICES = listed(`
    M_APPSERVICE_LOGIN_UNSUPPORTED M_BAD_STATUS M_CONNECTION_FAILED M_CONNECTION_TIMEOUT M_URL_NOT_SET
`);
