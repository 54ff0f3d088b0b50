/**
 * Turns a segment of events into a conversation. Edits are applied to their messages, reactions are counted, and
 * deleted events are left out. An edit counts only if it has the sender of its message (client-server API, "Event
 * replacements").
 */
import { MAX_BODY, type ChatMessage, type Reaction } from '../../core/chat/message.ts';
import { foldReaction, reactionLabel } from '../../core/base/reactionKey.ts';
import { quoteText } from '../../core/chat/quoteText.ts';
import { visibleLine } from '../../core/base/visibleText.ts';
import { failureWords } from './failureWords.ts';
import { isPosition, isShownType } from './otherKinds.ts';
import { asOther, parseMessage, withoutReplyFallback, type ParsedMessage } from './parseMessage.ts';
import { asRecord, relationOf, replyOf, type RawEvent } from '../events/rawEvent.ts';

export interface People {
    readonly self: string;
    /** Display name in this room. */
    name(userId: string): string;
    /** The person's full name, if the display name differs from it. */
    wholeName?(userId: string): string | undefined;
    /** Whether we may delete this person's messages. */
    mayDelete(sender: string): boolean;
}

/** The most characters of a name: a short name and an ID behind it. */
const MAX_NAME = 400;
const MAX_REACTIONS = 32;
const MAX_NAMES = 200;

interface Books {
    readonly deleted: ReadonlySet<string>;
    /** Edits, by the ID of the edited message. */
    readonly edits: ReadonlyMap<string, readonly RawEvent[]>;
    readonly reactions: ReadonlyMap<string, readonly RawEvent[]>;
}

/** `events`: oldest first, each once. Edits and reactions may be at any place. */
export function foldMessages(events: readonly RawEvent[], people: People): ChatMessage[] {
    const books = bookKeeping(events);
    const byId = new Map(events.map((event) => [event.id, event]));
    // One row for each device that moves. It keeps its place, and has the newest position.
    const newest = new Map<string, RawEvent>();
    for (const event of events) {
        const device = deviceOf(event, books);
        if (device !== undefined) newest.set(device, event);
    }
    const rows = new Set<string>();
    return events.flatMap((event) => {
        const device = deviceOf(event, books);
        if (device === undefined) return messageOf(event, event, books, byId, people) ?? [];
        if (rows.has(device)) return [];
        rows.add(device);
        return messageOf(event, newest.get(device) ?? event, books, byId, people) ?? [];
    });
}

/** The device whose position the event is. Undefined for any other event, and one that has no row. */
function deviceOf(event: RawEvent, { deleted }: Books): string | undefined {
    if (!isPosition(event.type) || !event.encrypted || event.failure !== undefined) return undefined;
    if (deleted.has(event.id) || relationOf(event, 'm.replace')) return undefined;
    return `${event.sender} ${relationOf(event, 'm.reference')?.target ?? ''}`;
}

/** The content with which the message is shown. Undefined for a message that is hidden or unreadable. */
export function shownContent(events: readonly RawEvent[], id: string): unknown {
    const event = events.find((e) => e.id === id);
    const books = bookKeeping(events);
    if (!event || !event.encrypted || event.failure !== undefined || books.deleted.has(id)) return undefined;
    if (event.type !== 'm.room.message' || relationOf(event, 'm.replace')) return undefined;
    const edit = lastEdit(event, books);
    return edit ? asRecord(edit.content)?.['m.new_content'] : event.content;
}

function bookKeeping(events: readonly RawEvent[]): Books {
    const deleted = new Set<string>();
    const edits = new Map<string, RawEvent[]>();
    const reactions = new Map<string, RawEvent[]>();
    const note = (map: Map<string, RawEvent[]>, target: string, event: RawEvent): void => {
        const list = map.get(target);
        if (list) list.push(event);
        else map.set(target, [event]);
    };
    for (const event of events) {
        if (event.redacted) deleted.add(event.id);
        const replaced = relationOf(event, 'm.replace');
        if (replaced && isShownType(event.type)) note(edits, replaced.target, event);
        const annotated = relationOf(event, 'm.annotation');
        if (annotated && event.type === 'm.reaction') note(reactions, annotated.target, event);
    }
    return { deleted, edits, reactions };
}

/** `source`: the event with the content. */
function messageOf(
    event: RawEvent,
    source: RawEvent,
    books: Books,
    byId: ReadonlyMap<string, RawEvent>,
    people: People,
): ChatMessage | undefined {
    if (!event.encrypted || relationOf(event, 'm.replace')) return undefined;
    const gone = books.deleted.has(event.id);
    // The type of a deleted event is unknown once its content is gone. It was most likely a message.
    if (event.failure === undefined && !isShownType(event.type)) return undefined;
    const replyTo = gone ? undefined : replyOf(event);
    const edit = gone ? undefined : lastEdit(source, books);
    const said = gone
        ? { kind: 'deleted' as const, body: '', html: null, file: null }
        : event.failure !== undefined
          ? { kind: 'unreadable' as const, body: failureWords(event.failure), html: null, file: null }
          : contentOf(source, edit, replyTo !== undefined);
    const own = event.sender === people.self;
    return {
        key: event.id,
        txnId: event.txnId ?? null,
        sender: event.sender,
        name: nameOf(event.sender, people),
        ...wholeNameOf(event.sender, people),
        own,
        ts: Number.isFinite(event.ts) ? event.ts : 0,
        ...said,
        reply: replyTo === undefined ? null : quote(replyTo, byId, books, people),
        edited: edit !== undefined,
        reactions: gone ? [] : reactionsTo(event.id, books, people),
        mayDelete: !gone && people.mayDelete(event.sender),
        state: 'sent',
        problem: null,
    };
}

function nameOf(userId: string, people: People): string {
    return visibleLine(people.name(userId), MAX_NAME) || visibleLine(userId, MAX_NAME);
}

function wholeNameOf(userId: string, people: People): { wholeName?: string } {
    const wholeName = people.wholeName?.(userId);
    return wholeName === undefined ? {} : { wholeName };
}

/** The latest valid edit: by the server's time, then by ID (client-server API, "Event replacements"). */
function lastEdit(event: RawEvent, { edits, deleted }: Books): RawEvent | undefined {
    let last: RawEvent | undefined;
    for (const edit of edits.get(event.id) ?? []) {
        const valid =
            edit.sender === event.sender &&
            edit.type === event.type &&
            edit.encrypted &&
            edit.failure === undefined &&
            !deleted.has(edit.id) &&
            asRecord(asRecord(edit.content)?.['m.new_content']) !== undefined;
        if (valid && (!last || edit.ts > last.ts || (edit.ts === last.ts && edit.id > last.id))) last = edit;
    }
    return last;
}

function contentOf(event: RawEvent, edit: RawEvent | undefined, isReply: boolean): ParsedMessage {
    if (event.type !== 'm.room.message')
        return asOther(event.type, edit ? asRecord(edit.content)?.['m.new_content'] : event.content);
    if (edit) return parseMessage(asRecord(edit.content)?.['m.new_content']);
    const parsed = parseMessage(event.content);
    return isReply ? withoutReplyFallback(parsed) : parsed;
}

function quote(
    target: string,
    byId: ReadonlyMap<string, RawEvent>,
    books: Books,
    people: People,
): ChatMessage['reply'] {
    const event = byId.get(target);
    if (!event) return { key: target, name: '', excerpt: 'an earlier message' };
    const gone = books.deleted.has(target);
    const body = gone
        ? 'a deleted message'
        : !event.encrypted || event.failure !== undefined || !isShownType(event.type)
          ? 'a message that cannot be read'
          : wordsOf(contentOf(event, lastEdit(event, books), replyOf(event) !== undefined));
    return { key: target, name: nameOf(event.sender, people), excerpt: visibleLine(body, 160) };
}

function wordsOf({ what, body, html }: ParsedMessage): string {
    return `${what === undefined ? '' : `${what}: `}${quoteText(body, html)}`;
}

function reactionsTo(target: string, { reactions, deleted }: Books, people: People): Reaction[] {
    const byKey = new Map<string, { key: string; label: string; senders: Map<string, string>; own: string | null }>();
    for (const event of reactions.get(target) ?? []) {
        if (deleted.has(event.id)) continue;
        const key = relationOf(event, 'm.annotation')?.key ?? '';
        const label = reactionLabel(key, shortcodeOf(event));
        if (label === '' || key.length > MAX_BODY) continue;
        let entry = byKey.get(foldReaction(key));
        if (!entry) {
            if (byKey.size >= MAX_REACTIONS) continue;
            entry = { key, label, senders: new Map(), own: null };
            byKey.set(foldReaction(key), entry);
        }
        if (!entry.senders.has(event.sender)) entry.senders.set(event.sender, nameOf(event.sender, people));
        if (event.sender === people.self) entry.own ??= event.id;
    }
    return [...byKey.values()].map(({ key, label, senders, own }) => ({
        key,
        ...(label === key ? {} : { label }),
        names: [...senders.values()].slice(0, MAX_NAMES),
        own,
    }));
}

/** The name of a custom emoji. Clients that have them put it beside the relation. */
function shortcodeOf({ content }: RawEvent): string | undefined {
    const fields = asRecord(content);
    const code = fields?.['shortcode'] ?? fields?.['com.beeper.reaction.shortcode'];
    return typeof code === 'string' && code.trim() !== '' ? code : undefined;
}
