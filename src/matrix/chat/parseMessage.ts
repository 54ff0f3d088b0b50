/**
 * Reads an `m.room.message` with any content. Returns a body of the right type and size, or a line that describes the
 * message.
 */
import { shownName } from '../../core/files/fileName.ts';
import { claimOf } from '../../core/changes/changesClaim.ts';
import { pointerIn, type CodePointer } from '../../core/chat/codePointer.ts';
import { MAX_BODY, type ChatFile, type MessageKind } from '../../core/chat/message.ts';
import { attachmentOf, type Attachment } from '../files/attachment.ts';
import { depthOf } from './htmlDepth.ts';
import { readOther, textOf, wordFor } from './otherKinds.ts';
import { asRecord } from '../events/rawEvent.ts';

export interface ParsedMessage {
    readonly kind: MessageKind;
    /** The kind in a word or two, if the message is not plain text. */
    readonly what?: string;
    readonly body: string;
    /** Unsafe HTML. */
    readonly html: string | null;
    readonly file: ChatFile | null;
    readonly pointer?: CodePointer;
}

/** HTML with deeper nesting is shown as its plain body (client-server API, "m.room.message msgtypes": 100 levels). */
const MAX_DEPTH = 100;

export function parseMessage(content: unknown): ParsedMessage {
    const fields = asRecord(content) ?? {};
    const type = fields['msgtype'];
    const body = text(fields['body']) ?? textOf(fields) ?? undefined;
    const html = fields['format'] === 'org.matrix.custom.html' ? text(fields['formatted_body']) : undefined;
    const attachment = attachmentOf(content);
    if (attachment) {
        const file = fileOf(attachment, fields);
        // If `filename` is present, the body is the caption of the file (client-server API, "Media captions").
        const caption =
            text(fields['filename']) !== undefined && body !== undefined && body !== text(fields['filename']);
        const said = caption && body.trim() !== '';
        const isVoice = fields['m.voice'] ?? fields['org.matrix.msc3245.voice'];
        return {
            kind: 'file',
            ...(isVoice === undefined ? {} : { what: wordFor('m.voice') }),
            body: said ? body : file.name,
            html: said ? safeDepth(html) : null,
            file,
        };
    }
    if (type === 'm.key.verification.request')
        return { kind: 'notice', body: 'Asks to verify each other’s devices.', html: null, file: null };
    const kind = typeof type === 'string' && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
    if (kind === undefined && typeof type === 'string' && type !== '') return asOther(type, fields);
    if (body === undefined && html === undefined)
        return { kind: 'notice', body: 'A message that this version of Hush cannot show.', html: null, file: null };
    const pointer = pointerIn(fields);
    return {
        kind: kind ?? 'text',
        body: body ?? '',
        html: safeDepth(html),
        file: null,
        ...(pointer ? { pointer } : {}),
    };
}

/** `msgtype`s of plain words. */
const KINDS: Readonly<Record<string, MessageKind>> = { 'm.text': 'text', 'm.notice': 'notice', 'm.emote': 'emote' };

/** `type`: an event type other than `m.room.message`, or an unknown `msgtype`. */
export function asOther(type: string, content: unknown): ParsedMessage {
    const { what, body, html } = readOther(type, content);
    return { kind: 'other', ...(what === null ? {} : { what }), body, html: safeDepth(html), file: null };
}

function safeDepth(html: string | null | undefined): string | null {
    return html !== null && html !== undefined && html.trim() !== '' && depthOf(html) <= MAX_DEPTH ? html : null;
}

function fileOf(
    { name, size, image, width, height, source }: Attachment,
    content: Readonly<Record<string, unknown>>,
): ChatFile {
    const changes = source?.kind === 'encrypted' ? claimOf(content) : undefined;
    return {
        name: shownName(name),
        size: size ?? null,
        image: image && source ? { width: width ?? null, height: height ?? null } : null,
        encrypted: source?.kind === 'encrypted',
        there: source !== undefined,
        ...(changes ? { changes } : {}),
    };
}

/** Cut to the length that the page accepts. */
function text(value: unknown): string | undefined {
    return typeof value === 'string' ? value.slice(0, MAX_BODY).toWellFormed() : undefined;
}

/** The first lines of a quotation that a client adds: they name the sender. */
const ADDED = /^> (?:\* )?<@[^>\n]{1,255}>[^\n]*\n(?:>[^\n]*\n)*\n?/u;
const QUOTED = /^(?:>[^\n]*\n)+\n?/u;
const MX_REPLY = /^\s*<mx-reply>[\s\S]*?<\/mx-reply>/u;

/**
 * Removes the quotation that older clients put before a reply's text (client-server API before 1.13, "Fallbacks for
 * rich replies"). A quotation that the person wrote stays: in HTML it has another element, and in plain text it does not
 * name the sender.
 */
export function withoutReplyFallback(message: ParsedMessage): ParsedMessage {
    const fallback = message.html === null ? ADDED : MX_REPLY.test(message.html) ? QUOTED : undefined;
    const body = fallback ? message.body.replace(fallback, '') : message.body;
    const html = message.html?.replace(MX_REPLY, '') ?? null;
    return { ...message, body: body === '' ? message.body : body, html: safeDepth(html) };
}
