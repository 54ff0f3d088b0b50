/** An answer of a homeserver as data: its status and its body, not checked yet. */
export interface JsonAnswer {
    readonly status: number;
    /** Undefined when the body is not JSON. */
    readonly body: unknown;
    readonly retryAfterMs: number | undefined;
}
