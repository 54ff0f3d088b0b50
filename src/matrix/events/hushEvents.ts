/** Hush's own state events, validated. Unknown fields are kept. Wrong types are refused with a reason. */
import * as v from 'valibot';
import type { Share } from '../../core/share/share.ts';
import type { WorkspaceLink } from '../../core/rooms/room.ts';

const short = v.pipe(v.string(), v.minLength(1), v.maxLength(512));
const timestamp = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const workspaceContent = v.looseObject({
    version: v.literal(1),
    salt: v.pipe(v.string(), v.minLength(8), v.maxLength(128)),
    hash: v.pipe(v.string(), v.base64(), v.length(44)),
});
const livekitSessionContent = v.looseObject({
    version: v.literal(1),
    transport: v.literal('livekit'),
    livekit_service_url: v.pipe(v.string(), v.maxLength(2_048)),
    livekit_alias: short,
    started_by: short,
    started_ts: timestamp,
});
export type LivekitSession = v.InferOutput<typeof livekitSessionContent>;

/** The field of a MatrixRTC membership that lists its device's shares. */
export const SHARES_FIELD = 'com.hush.shares';
const sharesContent = v.looseObject({
    version: v.literal(1),
    /** Rises with every announcement, so that a repeated one is still sent. */
    seq: v.optional(timestamp),
    shares: v.pipe(
        v.array(
            v.looseObject({
                id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/u)),
                started_ts: timestamp,
                transport: v.optional(v.string()),
            }),
        ),
        v.maxLength(16),
    ),
});

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

function parse<S extends v.GenericSchema, T>(
    schema: S,
    content: unknown,
    map: (value: v.InferOutput<S>) => T,
): Parsed<T> {
    const result = v.safeParse(schema, content);
    if (result.success) return { ok: true, value: map(result.output) };
    const issue = result.issues[0];
    return { ok: false, reason: `${v.getDotPath(issue) ?? 'content'}: ${issue.message}`.slice(0, 200) };
}

export function parseWorkspace(content: unknown): Parsed<WorkspaceLink> {
    return parse(workspaceContent, content, ({ salt, hash }) => ({ salt, hash }));
}

/**
 * A field of `m.room.create`: the workspace that a session was started for. An invitation always shows this state
 * event. So an invited person can tell two sessions for one workspace apart before joining.
 */
export const SESSION_FIELD = 'com.hush.session';

export function workspaceContentOf(link: WorkspaceLink): Record<string, unknown> {
    return { version: 1, salt: link.salt, hash: link.hash };
}

export function parseLivekitSession(content: unknown): Parsed<LivekitSession> {
    return parse(livekitSessionContent, content, (value) => value);
}

/** The shares that a membership announces. The first mention of an ID wins. */
export function parseShares(content: unknown): Parsed<readonly Share[]> {
    return parse(sharesContent, content, ({ shares }) => {
        const seen = new Map<string, Share>();
        for (const { id, started_ts: startedTs, transport } of shares)
            if (!seen.has(id)) seen.set(id, { id, startedTs, ...(transport === 'mesh' ? { transport } : {}) });
        return [...seen.values()];
    });
}

export function sharesContentOf(shares: readonly Share[], seq: number): Record<string, unknown> {
    return {
        version: 1,
        seq,
        shares: shares.map(({ id, startedTs, transport }) => ({
            id,
            started_ts: startedTs,
            ...(transport === undefined ? {} : { transport }),
        })),
    };
}
