/**
 * How deep HTML nests, without a parser: an estimate that is never too small. What is written as other clients write it,
 * each element closed inside the one it was opened in, is measured as it is. After anything else no end tag counts any
 * more, for where a parser would apply it depends on more than it says. Linear in time. (HTML standard, "Tokenization",
 * "The rules for parsing tokens in HTML content".) Pure.
 */

const SPACE = '[\\t\\n\\f\\r ]';
/** A tag that means the same to every parser; sticky. */
const TAG = new RegExp(
    `<(/?)([a-zA-Z][a-zA-Z0-9-]*)(?:${SPACE}+[^\\t\\n\\f\\r "'<>/=]+(?:${SPACE}*=${SPACE}*(?:"[^"]*"|'[^']*'|[^\\t\\n\\f\\r "'=<>\`]+))?)*${SPACE}*/?>`,
    'y',
);
/** What may open an element, or end one. */
const OPENING = /<\/?([a-zA-Z][a-zA-Z0-9]*)/gu;

/** Elements of messages (client-server API, "m.room.message msgtypes") that nest as they are written. */
const PLAIN = new Set(
    'del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s strike code div table thead tbody tfoot tr th td caption pre span font details summary mx-reply'.split(
        ' ',
    ),
);
const VOID = new Set(['br', 'hr', 'img', 'wbr']);
/** Elements that come with others around them, and which these are not if it stands in one of them. */
const IMPLIED: Readonly<Record<string, { readonly more: number; readonly parents: readonly string[] }>> = {
    tr: { more: 1, parents: ['thead', 'tbody', 'tfoot'] },
    td: { more: 2, parents: ['tr'] },
    th: { more: 2, parents: ['tr'] },
};
/** Most of them. */
const MOST_IMPLIED = 2;

/** Most elements inside each other, at least as many as any parser of HTML makes of it. */
export function depthOf(html: string): number {
    const open: { readonly name: string; readonly weight: number }[] = [];
    let depth = 0;
    let most = 0;
    let at = html.indexOf('<');
    for (; at !== -1; at = html.indexOf('<', at)) {
        if (!/[a-zA-Z/!?]/u.test(html[at + 1] ?? '')) {
            at++; // text
            continue;
        }
        TAG.lastIndex = at;
        const [tag, slash, spelled = ''] = TAG.exec(html) ?? [];
        const name = spelled.toLowerCase();
        if (tag === undefined || !(PLAIN.has(name) || VOID.has(name))) break;
        at += tag.length;
        if (slash === '/' && open.at(-1)?.name === name) depth -= open.pop()?.weight ?? 0;
        // The end of a paragraph that is not open makes one.
        else if (slash === '/' || VOID.has(name)) most = Math.max(most, depth + 1);
        else {
            const implied = IMPLIED[name];
            const weight = 1 + (implied && !implied.parents.includes(open.at(-1)?.name ?? '') ? implied.more : 0);
            open.push({ name, weight });
            depth += weight;
            most = Math.max(most, depth);
        }
    }
    if (at === -1) return most;
    OPENING.lastIndex = at;
    for (let match = OPENING.exec(html); match; match = OPENING.exec(html)) {
        const closes = html[match.index + 1] === '/';
        if (closes) most = Math.max(most, depth + 1);
        else depth += /^(?:t[drh]|thead|tbody|col)$/iu.test(match[1] ?? '') ? 1 + MOST_IMPLIED : 1;
    }
    return Math.max(most, depth);
}
