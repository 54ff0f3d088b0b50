/**
 * Parses and builds `m.call.*` events of call version 1 (client-server API, "Voice over IP"; MSC2746, MSC3077). Unknown
 * fields are ignored. Wrong types are refused with a reason.
 *
 * Our own fields, which other clients ignore:
 * - `com.hush.leg`: the peer connection of the call that an event is about, named by its share. Two Hush devices have
 *   one call with one connection per share, because shares live in different pages.
 * - `com.hush.device`: the device that an invite is for. The person's other devices stay silent.
 */
import * as v from 'valibot';
import type { Parsed } from '../events/hushEvents.ts';

export const CALL_TYPES = [
    'm.call.invite',
    'm.call.candidates',
    'm.call.answer',
    'm.call.select_answer',
    'm.call.reject',
    'm.call.negotiate',
    'm.call.hangup',
    'm.call.sdp_stream_metadata_changed',
] as const;
export type CallType = (typeof CALL_TYPES)[number];

/** ms for which an invite rings (specification: "lifetime"). */
export const LIFETIME_MS = 60_000;
/** No client uses a longer lifetime. A longer one is a mistake or an attack. */
const LONGEST_LIFETIME_MS = 10 * 60_000;
/** The most candidates of one event. A whole gathering has a few dozen. */
const MAX_CANDIDATES = 100;

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(512));
const sdp = v.pipe(v.string(), v.startsWith('v=0'), v.maxLength(60_000));
const lifetime = v.pipe(v.number(), v.minValue(1), v.maxValue(LONGEST_LIFETIME_MS));
const metadata = v.optional(v.record(v.string(), v.looseObject({ purpose: v.optional(v.string()) })));
const common = {
    call_id: id,
    /** Always a device ID in a trusted event, see signalling.ts. */
    party_id: v.optional(id),
    version: v.optional(v.union([v.literal('1'), v.literal(1)])),
    'com.hush.leg': v.optional(v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/u))),
};
const iceCandidate = v.looseObject({
    candidate: v.pipe(v.string(), v.maxLength(2_048)),
    sdpMid: v.nullish(v.pipe(v.string(), v.maxLength(64))),
    sdpMLineIndex: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255))),
    usernameFragment: v.nullish(v.pipe(v.string(), v.maxLength(256))),
});
export interface IceCandidate {
    /** Empty: the end of the candidates. */
    readonly candidate: string;
    readonly sdpMid: string | null;
    readonly sdpMLineIndex: number | null;
    readonly usernameFragment: string | null;
}
/** Maps a stream ID of the SDP to its purpose. */
export type StreamPurposes = Readonly<Record<string, string>>;

const schemas = {
    'm.call.invite': v.looseObject({
        ...common,
        lifetime,
        invitee: v.optional(id),
        sdp_stream_metadata: metadata,
        'com.hush.device': v.optional(id),
        offer: v.looseObject({ type: v.literal('offer'), sdp }),
    }),
    'm.call.candidates': v.looseObject({
        ...common,
        candidates: v.pipe(v.array(iceCandidate), v.maxLength(MAX_CANDIDATES)),
    }),
    'm.call.answer': v.looseObject({
        ...common,
        sdp_stream_metadata: metadata,
        answer: v.looseObject({ type: v.literal('answer'), sdp }),
    }),
    'm.call.select_answer': v.looseObject({ ...common, selected_party_id: id }),
    'm.call.reject': v.looseObject({ ...common, reason: v.optional(v.string()) }),
    'm.call.negotiate': v.looseObject({
        ...common,
        lifetime: v.optional(lifetime),
        sdp_stream_metadata: metadata,
        description: v.looseObject({ type: v.picklist(['offer', 'answer']), sdp }),
    }),
    'm.call.hangup': v.looseObject({ ...common, reason: v.optional(v.string()) }),
    'm.call.sdp_stream_metadata_changed': v.looseObject({
        ...common,
        sdp_stream_metadata: metadata,
        'com.hush.ended': v.optional(v.boolean()),
    }),
} as const;

interface Base {
    readonly callId: string;
    /** Undefined: the first connection of the call, the only one that other clients know. */
    readonly leg: string | undefined;
}
export type CallEvent = Base &
    (
        | {
              readonly kind: 'invite';
              readonly lifetime: number;
              readonly invitee: string | undefined;
              readonly device: string | undefined;
              readonly sdp: string;
              readonly streams: StreamPurposes;
          }
        | { readonly kind: 'candidates'; readonly candidates: readonly IceCandidate[] }
        | { readonly kind: 'answer'; readonly sdp: string; readonly streams: StreamPurposes }
        | { readonly kind: 'selectAnswer'; readonly party: string }
        | { readonly kind: 'reject' | 'hangup'; readonly reason: string | undefined }
        | {
              readonly kind: 'negotiate';
              readonly description: 'offer' | 'answer';
              readonly sdp: string;
              readonly streams: StreamPurposes;
          }
        /** `ended`: that connection is over, but the call continues. */
        | { readonly kind: 'streams'; readonly streams: StreamPurposes; readonly ended: boolean }
    );

export function isCallType(type: string): type is CallType {
    return (CALL_TYPES as readonly string[]).includes(type);
}

/** `party`: the device that the event claims to come from. The caller compares it with the device that encrypted it. */
export function parseCallEvent(
    type: CallType,
    content: unknown,
): Parsed<{ readonly event: CallEvent; readonly party: string | undefined }> {
    const result = v.safeParse(schemas[type], content);
    if (!result.success) {
        const issue = result.issues[0];
        // The reason goes to the log, so it must not hold the received value.
        return { ok: false, reason: `${v.getDotPath(issue) ?? 'content'} is not a valid ${issue.type}` };
    }
    const base = { callId: result.output.call_id, leg: result.output['com.hush.leg'] };
    return {
        ok: true,
        value: { event: { ...base, ...read(type, content) } as CallEvent, party: result.output.party_id },
    };
}

function read(type: CallType, content: unknown): Record<string, unknown> {
    switch (type) {
        case 'm.call.invite': {
            const c = v.parse(schemas[type], content);
            return {
                kind: 'invite',
                lifetime: c.lifetime,
                invitee: c.invitee,
                device: c['com.hush.device'],
                sdp: c.offer.sdp,
                streams: purposes(c.sdp_stream_metadata),
            };
        }
        case 'm.call.candidates': {
            const c = v.parse(schemas[type], content);
            const candidates = c.candidates.map((i): IceCandidate => ({
                candidate: i.candidate,
                sdpMid: i.sdpMid ?? null,
                sdpMLineIndex: i.sdpMLineIndex ?? null,
                usernameFragment: i.usernameFragment ?? null,
            }));
            return { kind: 'candidates', candidates };
        }
        case 'm.call.answer': {
            const c = v.parse(schemas[type], content);
            return { kind: 'answer', sdp: c.answer.sdp, streams: purposes(c.sdp_stream_metadata) };
        }
        case 'm.call.select_answer':
            return { kind: 'selectAnswer', party: v.parse(schemas[type], content).selected_party_id };
        case 'm.call.reject':
        case 'm.call.hangup':
            return {
                kind: type === 'm.call.reject' ? 'reject' : 'hangup',
                reason: v.parse(schemas[type], content).reason,
            };
        case 'm.call.negotiate': {
            const c = v.parse(schemas[type], content);
            return {
                kind: 'negotiate',
                description: c.description.type,
                sdp: c.description.sdp,
                streams: purposes(c.sdp_stream_metadata),
            };
        }
        case 'm.call.sdp_stream_metadata_changed': {
            const c = v.parse(schemas[type], content);
            return { kind: 'streams', streams: purposes(c.sdp_stream_metadata), ended: c['com.hush.ended'] ?? false };
        }
    }
}

function purposes(streams: Readonly<Record<string, { purpose?: string | undefined }>> | undefined): StreamPurposes {
    return Object.fromEntries(Object.entries(streams ?? {}).map(([stream, { purpose }]) => [stream, purpose ?? '']));
}

/** The wire form of one of our events. `party` is our device ID. */
export function buildCallEvent(
    event: CallEvent,
    party: string,
): { readonly type: CallType; readonly content: Record<string, unknown> } {
    const base = {
        call_id: event.callId,
        party_id: party,
        version: '1',
        ...(event.leg === undefined ? {} : { 'com.hush.leg': event.leg }),
    };
    switch (event.kind) {
        case 'invite':
            return {
                type: 'm.call.invite',
                content: {
                    ...base,
                    lifetime: event.lifetime,
                    offer: { type: 'offer', sdp: event.sdp },
                    ...(event.invitee === undefined ? {} : { invitee: event.invitee }),
                    ...(event.device === undefined ? {} : { 'com.hush.device': event.device }),
                    capabilities: CAPABILITIES,
                    sdp_stream_metadata: metadataOf(event.streams),
                },
            };
        case 'candidates':
            return { type: 'm.call.candidates', content: { ...base, candidates: event.candidates.map(candidateOf) } };
        case 'answer':
            return {
                type: 'm.call.answer',
                content: {
                    ...base,
                    answer: { type: 'answer', sdp: event.sdp },
                    capabilities: CAPABILITIES,
                    sdp_stream_metadata: metadataOf(event.streams),
                },
            };
        case 'selectAnswer':
            return { type: 'm.call.select_answer', content: { ...base, selected_party_id: event.party } };
        case 'reject':
        case 'hangup':
            return {
                type: `m.call.${event.kind}`,
                content: { ...base, ...(event.reason === undefined ? {} : { reason: event.reason }) },
            };
        case 'negotiate':
            return {
                type: 'm.call.negotiate',
                content: {
                    ...base,
                    lifetime: LIFETIME_MS,
                    description: { type: event.description, sdp: event.sdp },
                    sdp_stream_metadata: metadataOf(event.streams),
                },
            };
        case 'streams':
            return {
                type: 'm.call.sdp_stream_metadata_changed',
                content: {
                    ...base,
                    sdp_stream_metadata: metadataOf(event.streams),
                    ...(event.ended ? { 'com.hush.ended': true } : {}),
                },
            };
    }
}

const CAPABILITIES = { 'm.call.transferee': false, 'm.call.dtmf': false };

/** Always unmuted: Element hides a stream that says it is muted. */
function metadataOf(streams: StreamPurposes): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(streams).map(([stream, purpose]) => [
            stream,
            { purpose, audio_muted: false, video_muted: false },
        ]),
    );
}

/** The end marker has no SDP line. MatrixCall sends and accepts it in this form. */
function candidateOf({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: IceCandidate): Record<string, unknown> {
    if (candidate === '') return { candidate: '' };
    return { candidate, sdpMid, sdpMLineIndex, ...(usernameFragment === null ? {} : { usernameFragment }) };
}
