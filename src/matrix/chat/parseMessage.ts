/**
 * Reads an `m.room.message` with any content. Returns a body of the right type and size, or a line that describes the
 * message.
 */
import { shownName } from '../../core/files/fileName.ts';
import { MAX_BODY, type ChatFile, type MessageKind } from '../../core/chat/message.ts';
import { attachmentOf, type Attachment } from '../files/attachment.ts';
import { depthOf } from './htmlDepth.ts';
import { asRecord } from '../events/rawEvent.ts';

export interface ParsedMessage {
    readonly kind: MessageKind;
    readonly body: string;
    /** Unsafe HTML. */
    readonly html: string | null;
    readonly file: ChatFile | null;
}

/** HTML with deeper nesting is shown as its plain body (client-server API, "m.room.message msgtypes": 100 levels). */
const MAX_DEPTH = 100;

export function parseMessage(content: unknown): ParsedMessage {
    const fields = asRecord(content) ?? {};
    const type = fields['msgtype'];
    const body = text(fields['body']);
    const html = fields['format'] === 'org.matrix.custom.html' ? text(fields['formatted_body']) : undefined;
    const attachment = attachmentOf(content);
    if (attachment) {
        const file = fileOf(attachment);
        // If `filename` is present, the body is the caption of the file (client-server API, "Media captions").
        const caption =
            text(fields['filename']) !== undefined && body !== undefined && body !== text(fields['filename']);
        const said = caption && body.trim() !== '';
        return { kind: 'file', body: said ? body : file.name, html: said ? safeDepth(html) : null, file };
    }
    if (type === 'm.key.verification.request')
        return { kind: 'notice', body: 'Asks to verify each other’s devices.', html: null, file: null };
    const kind = type === 'm.notice' ? 'notice' : type === 'm.emote' ? 'emote' : 'text';
    if (body === undefined && html === undefined)
        return { kind: 'notice', body: 'A message that this version of Hush cannot show.', html: null, file: null };
    return { kind, body: body ?? '', html: safeDepth(html), file: null };
}

function safeDepth(html: string | null | undefined): string | null {
    return html !== null && html !== undefined && html.trim() !== '' && depthOf(html) <= MAX_DEPTH ? html : null;
}

function fileOf({ name, size, image, width, height, source }: Attachment): ChatFile {
    return {
        name: shownName(name),
        size: size ?? null,
        image: image && source ? { width: width ?? null, height: height ?? null } : null,
        encrypted: source?.kind === 'encrypted',
        there: source !== undefined,
    };
}

/** Cut to the length that the page accepts. */
function text(value: unknown): string | undefined {
    return typeof value === 'string' ? value.slice(0, MAX_BODY).toWellFormed() : undefined;
}

/**
 * Removes the quotation that older clients put before a reply's text (client-server API before 1.13, "Fallbacks for
 * rich replies").
 */
export function withoutReplyFallback(message: ParsedMessage): ParsedMessage {
    const body = message.body.replace(/^(?:>[^\n]*\n)+\n?/u, '');
    const html = message.html?.replace(/^\s*<mx-reply>[\s\S]*?<\/mx-reply>/u, '') ?? null;
    return { ...message, body: body === '' ? message.body : body, html: safeDepth(html) };
}
