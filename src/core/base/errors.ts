/**
 * Errors that a person can cause or meet. Each has a code (for the log, tests and branching), one sentence for the
 * person, and a cause for the log.
 */

export type ErrorCode =
    // signing in
    | 'discovery.invalidInput'
    | 'discovery.unreachable'
    | 'discovery.notMatrix'
    | 'discovery.badWellKnown'
    | 'discovery.tooOld'
    | 'login.wrongPassword'
    | 'login.wrongToken'
    | 'login.deactivated'
    | 'login.noSupportedFlow'
    | 'login.refused'
    | 'register.username'
    | 'register.password'
    | 'register.email'
    | 'register.disabled'
    | 'account.expired'
    | 'account.notSignedIn'
    | 'account.storeLocked'
    | 'account.storeFailed'
    | 'account.windowSilent'
    | 'device.gone'
    | 'account.leaderGone'
    | 'clock.wrong'
    // requests
    | 'network.offline'
    | 'network.rateLimited'
    | 'network.timeout'
    | 'server.refused'
    | 'server.error'
    | 'event.tooLarge'
    // rooms
    | 'room.notFound'
    | 'room.forbidden'
    | 'room.notInvited'
    | 'room.badLink'
    | 'room.notEncrypted'
    | 'room.invalidUserId'
    | 'room.unknownUser'
    | 'room.mayNotCall'
    // chat
    | 'chat.tooLong'
    | 'chat.notThere'
    | 'chat.noRoom'
    | 'chat.noFile'
    | 'chat.nothingToSend'
    | 'chat.keysUnknown'
    // files
    | 'file.tooLarge'
    | 'file.unreadable'
    | 'file.changed'
    | 'file.cancelled'
    | 'file.damaged'
    | 'file.gone'
    | 'file.notImage'
    | 'file.notSaved'
    | 'file.nothingToSend'
    // changes
    | 'changes.noGit'
    | 'changes.restricted'
    | 'changes.nothing'
    | 'changes.tooLarge'
    | 'changes.malformed'
    | 'changes.refused'
    | 'changes.conflict'
    | 'changes.unsaved'
    | 'changes.changed'
    | 'changes.failed'
    // pointing in code
    | 'point.nothing'
    | 'point.outside'
    | 'point.secret'
    | 'point.moved'
    // sharing
    | 'media.noServer'
    | 'media.tokenRefused'
    | 'media.tokenInvalid'
    | 'media.keyNotSent'
    | 'media.captureFailed'
    | 'media.notHidden'
    | 'media.shareOver'
    | 'media.otherWindow'
    | 'media.noAnswer'
    | 'media.serverLost'
    | 'media.sharerSilent'
    // identity, recovery, verification
    | 'trust.needsPassword'
    | 'trust.otherAuth'
    | 'trust.hasIdentity'
    | 'trust.noIdentity'
    | 'trust.notTrusted'
    | 'trust.noRecovery'
    | 'trust.malformedKey'
    | 'trust.wrongKey'
    | 'trust.storageDamaged'
    | 'trust.otherBackup'
    // places in the code
    | 'pairing.nobody'
    | 'pairing.noFile'
    | 'pairing.gone'
    | 'internal';

export interface HushErrorOptions {
    readonly cause?: unknown;
    /** ms until a retry makes sense, from Retry-After or retry_after_ms. */
    readonly retryAfterMs?: number;
}

/** `message` is the sentence for the person: what happened and what to do. It never holds a secret. */
export class HushError extends Error {
    readonly code: ErrorCode;
    readonly retryAfterMs: number | undefined;

    constructor(code: ErrorCode, message: string, options: HushErrorOptions = {}) {
        super(message, 'cause' in options ? { cause: options.cause } : undefined);
        this.name = 'HushError';
        this.code = code;
        this.retryAfterMs = options.retryAfterMs;
    }
}

/** Checks the shape, because the entry and the engine are two bundles with one class each. */
export function isHushError(error: unknown): error is HushError {
    return error instanceof Error && error.name === 'HushError' && 'code' in error;
}

/** The sentence to show for any thrown value. Our own errors have one. For others, it names the operation. */
export function userMessage(error: unknown, doing: string): string {
    if (isHushError(error)) return error.message;
    return `${doing} did not work because of an unexpected problem. Run "Hush: Show Log" for the details.`;
}
