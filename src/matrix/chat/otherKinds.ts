/**
 * Messages of kinds that Hush cannot draw: polls, locations, stickers, and kinds of other clients. Shows their text
 * with a word for the kind. (Client-server API, "m.poll.start", "m.location"; MSC1767, MSC3381, MSC3488, MSC3672,
 * MSC3954.)
 */
import { visibleLine } from '../../core/base/visibleText.ts';
import { MAX_BODY } from '../../core/chat/message.ts';
import { asRecord } from '../events/rawEvent.ts';

export interface OtherMessage {
    /** The kind in a word or two. Null for a plain text message in the form of another version of Matrix. */
    readonly what: string | null;
    readonly body: string;
    /** Unsafe HTML. */
    readonly html: string | null;
}

const NO_TEXT = 'Hush cannot show this kind of message.';
/** Event types for devices and calls, and votes in polls. People do not read them. */
const UNSEEN =
    /^(?:m\.call(?:\.|$)|org\.matrix\.call\.|m\.rtc\.|org\.matrix\.msc(?:2746|3401|4075|4143|4354)(?:\.|$)|org\.matrix\.msc\d+\.(?:rtc|call|sfu)\.|m\.key\.|m\.(?:room_key|forwarded_room_key|dummy|reaction|receipt|typing)|m\.secret\.|m\.room\.(?:redaction|encryption)|io\.element\.|com\.hush\.|(?:m|org\.matrix\.msc3381)\.poll\.response$)/u;
/** Event types of MSC1767 whose text is the whole message. */
const TEXT = /^(?:m|org\.matrix\.msc1767|org\.matrix\.msc395\d)\.(?:message|emote|notice)$/u;
const WORDS: Readonly<Record<string, string>> = {
    'm.sticker': 'Sticker',
    'm.poll.start': 'Poll',
    'org.matrix.msc3381.poll.start': 'Poll',
    'm.poll.end': 'Poll closed',
    'org.matrix.msc3381.poll.end': 'Poll closed',
    'm.location': 'Location',
    'org.matrix.msc3488.location': 'Location',
    'm.beacon': 'Live location',
    'org.matrix.msc3672.beacon': 'Live location',
    'm.beacon_info': 'Live location',
    'org.matrix.msc3672.beacon_info': 'Live location',
    'm.voice': 'Voice message',
    'org.matrix.msc3245.voice': 'Voice message',
    'm.audio': 'Sound',
    'm.image': 'Image',
    'm.video': 'Video',
    'm.file': 'File',
    'm.widget': 'Widget',
    'im.vector.modular.widgets': 'Widget',
    'm.server_notice': 'Notice of the homeserver',
};

/** The event type is shown in a conversation. */
export function isShownType(type: string): boolean {
    return type !== '' && !UNSEEN.test(type);
}

/** The event is one of many positions of a moving device. One row is enough for them. */
export function isPosition(type: string): boolean {
    return type === 'm.beacon' || type === 'org.matrix.msc3672.beacon';
}

/** The kind in a word or two. `type`: an event type, or the `msgtype` of an `m.room.message`. */
export function wordFor(type: string): string {
    return Object.hasOwn(WORDS, type) ? (WORDS[type] ?? '') : `“${visibleLine(type, 64)}”`;
}

export function readOther(type: string, content: unknown): OtherMessage {
    const fields = asRecord(content) ?? {};
    const text = pollText(fields) ?? textOf(fields);
    const html = TEXT.test(type) ? htmlOf(fields) : null;
    if (TEXT.test(type) && (text ?? html) !== null) return { what: null, body: text ?? '', html };
    const place = placeOf(fields);
    const lines = [text ?? widgetText(fields), place !== null && !text?.includes(place) ? place : null];
    return { what: wordFor(type), body: lines.filter((line) => line !== null).join('\n') || NO_TEXT, html: null };
}

/** The plain text of any content: `body`, or the forms of MSC1767. Null: it has none. */
export function textOf(fields: Readonly<Record<string, unknown>>): string | null {
    const forms = ['m.text', 'org.matrix.msc1767.text', 'm.message', 'org.matrix.msc1767.message'];
    for (const form of forms) {
        const found = representation(fields[form], 'text/plain');
        if (found !== null) return found;
    }
    for (const caption of ['m.caption', 'org.matrix.msc1767.caption']) {
        const inner = asRecord(fields[caption]);
        const found = inner && textOf(inner);
        if (found !== undefined && found !== null) return found;
    }
    return words(fields['body']);
}

function htmlOf(fields: Readonly<Record<string, unknown>>): string | null {
    const forms = ['m.text', 'm.message', 'org.matrix.msc1767.message', 'm.html', 'org.matrix.msc1767.html'];
    for (const form of forms) {
        const value = fields[form];
        const found = typeof value === 'string' && !form.endsWith('html') ? null : representation(value, 'text/html');
        if (found !== null) return found;
    }
    return null;
}

/** A text, or one of several forms of it, in MSC1767's order of preference. */
function representation(value: unknown, mimeType: string): string | null {
    if (!Array.isArray(value)) return words(value);
    for (const one of value as readonly unknown[]) {
        const { mimetype: is = 'text/plain', body } = asRecord(one) ?? {};
        if (is === mimeType && words(body) !== null) return words(body);
    }
    return null;
}

function words(value: unknown): string | null {
    return typeof value === 'string' && value.trim() !== '' ? value.slice(0, MAX_BODY).toWellFormed() : null;
}

/** The most answers that are listed: MSC3381 allows 20. */
const MAX_ANSWERS = 20;

function pollText(fields: Readonly<Record<string, unknown>>): string | null {
    const poll =
        asRecord(fields['m.poll']) ??
        asRecord(fields['m.poll.start']) ??
        asRecord(fields['org.matrix.msc3381.poll.start']);
    if (!poll) return null;
    const question = textOf(asRecord(poll['question']) ?? {}) ?? textOf(fields);
    const answers: readonly unknown[] = Array.isArray(poll['answers']) ? poll['answers'].slice(0, MAX_ANSWERS) : [];
    const lines = answers.map((answer, i) => `${i + 1}. ${visibleLine(textOf(asRecord(answer) ?? {}) ?? '', 340)}`);
    const all = question === null ? lines : [question, ...lines];
    return all.length === 0 ? null : all.join('\n').slice(0, MAX_BODY).toWellFormed();
}

/** `geo:` URI (RFC 5870) of a location or a beacon. */
function placeOf(fields: Readonly<Record<string, unknown>>): string | null {
    const location = asRecord(fields['m.location'] ?? fields['org.matrix.msc3488.location']);
    const uri = words(fields['geo_uri'] ?? location?.['uri']);
    const [, latitude, longitude] = /^geo:(-?\d{1,3}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)/u.exec(uri ?? '') ?? [];
    const label = words(location?.['description']);
    const place = latitude === undefined || longitude === undefined ? uri : `${latitude}, ${longitude}`;
    return label !== null && place !== null ? `${label}: ${place}` : (label ?? place);
}

function widgetText(fields: Readonly<Record<string, unknown>>): string | null {
    const lines = [words(fields['name']), words(fields['url'])].filter((line) => line !== null);
    return lines.length === 0 ? null : lines.join('\n');
}
