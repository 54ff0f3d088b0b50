/** A homeserver's answer as data: its status and its unchecked body. */
export interface JsonAnswer {
    readonly status: number;
    /** Undefined when the body is not JSON. */
    readonly body: unknown;
    readonly retryAfterMs: number | undefined;
}
