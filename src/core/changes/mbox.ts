/**
 * Commits as mail (git-format-patch), so that people without Hush can apply them with `git am`. Reads only what
 * `writeCommits` writes: mail in another encoding could show people one patch and give git another. Pure.
 */
import { asBytesText, readable } from './bytesText.ts';
import { MAX_COMMITS, malformed, tooLarge, type PatchCommit } from './patch.ts';
import { parseDiff } from './parseDiff.ts';

/** The date is the same in every such mail: it marks the start. */
const START = /^From ([0-9a-f]{40}|[0-9a-f]{64}) Mon Sep 17 00:00:00 2001$/u;
const SIGN = '-- \nHush\n\n';
const HEADERS = ['From: ', 'Date: ', 'Subject: ', 'MIME-Version: ', 'Content-Type: ', 'Content-Transfer-Encoding: '];
const FIXED = ['1.0', 'text/plain; charset=UTF-8', '8bit'];
const DATE = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/u;
/** Characters. */
const MAX_HEADER = 2_000;

export interface CommitToSend {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    /** RFC 5322. */
    readonly date: string;
    /** The whole message. */
    readonly message: string;
    /** One character per byte. */
    readonly diff: string;
}

/** Oldest first. One character per byte. */
export function writeCommits(commits: readonly CommitToSend[]): string {
    return commits
        .map(({ id, name, email, date, message, diff }, index) => {
            const [first, body] = split(message);
            const series = commits.length === 1 ? '[PATCH]' : `[PATCH ${index + 1}/${commits.length}]`;
            const values = [`${name} <${email}>`, date, `${series} ${first}`, ...FIXED];
            const headers = HEADERS.map((header, at) => `${header}${values[at] ?? ''}`);
            const said = body === '' ? '' : `${body}\n`;
            const head = [`From ${id} Mon Sep 17 00:00:00 2001`, ...headers, '', `${said}---`, '', ''].join('\n');
            return `${asBytesText(head)}${diff}${SIGN}`;
        })
        .join('');
}

/** The first paragraph in one line, and the rest. */
function split(message: string): readonly [string, string] {
    const text = message.replaceAll('\r', '').trim();
    const at = text.search(/\n[ \t]*\n/u);
    const subject = (at === -1 ? text : text.slice(0, at)).replaceAll(/\s+/gu, ' ');
    return [subject, at === -1 ? '' : text.slice(at).trim()];
}

/** `text`: one character per byte. @throws HushError `changes.malformed`, `changes.tooLarge`. */
export function readCommits(text: string): PatchCommit[] {
    if (!text.endsWith(SIGN)) throw malformed('the end is missing');
    const mails = text.slice(0, -SIGN.length).split(new RegExp(`${SIGN}(?=From [0-9a-f]{40})`, 'u'));
    if (mails.length > MAX_COMMITS) throw tooLarge(`more than ${MAX_COMMITS} commits`);
    return mails.map((mail, index) => readCommit(mail, index, mails.length));
}

function readCommit(mail: string, index: number, count: number): PatchCommit {
    const end = mail.indexOf('\n\n');
    const [first = '', ...headers] = mail.slice(0, end === -1 ? 0 : end).split('\n');
    const id = START.exec(first)?.[1];
    const values = headers.map((line, at) => {
        const header = HEADERS[at];
        if (header === undefined || !line.startsWith(header) || line.length > MAX_HEADER)
            throw malformed('the header of a commit is malformed');
        return line.slice(header.length);
    });
    const [from = '', date = '', titled = '', ...fixed] = values;
    const [, name, email] = /^([^<>\n]*) <([^<>\n]*)>$/u.exec(readable(from)) ?? [];
    const series = count === 1 ? '[PATCH] ' : `[PATCH ${index + 1}/${count}] `;
    if (
        id === undefined ||
        name === undefined ||
        email === undefined ||
        !DATE.test(date) ||
        !titled.startsWith(series) ||
        fixed.join('\n') !== FIXED.join('\n')
    )
        throw malformed('the header of a commit is malformed');
    const [message, diff] = partsOf(mail.slice(end + 2));
    return {
        id,
        author: { name, email },
        date,
        subject: readable(titled.slice(series.length)),
        body: message,
        files: parseDiff(diff),
    };
}

/** The rest of the message, and the patch after it. The message may contain the same line. */
function partsOf(text: string): readonly [string, string] {
    const mark = '---\n\n';
    const patch = text.startsWith(`${mark}diff --git `) ? 0 : text.indexOf(`\n${mark}diff --git `) + 1;
    const at = patch === 0 && !text.startsWith(mark) ? -1 : patch;
    if (at !== -1) return [text.slice(0, at).replace(/\n$/u, ''), text.slice(at + mark.length)];
    throw malformed('a commit has no changes');
}
