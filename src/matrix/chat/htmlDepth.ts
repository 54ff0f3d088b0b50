/**
 * Measures how deep HTML nests, without a parser. The result is never too small. HTML that other clients write closes
 * each element inside its parent, and is measured exactly. After any other HTML, end tags no longer count, because only
 * a full parser knows where they apply. Linear in time. (HTML standard, "Tokenization", "The rules for parsing tokens
 * in HTML content".)
 */

const SPACE = '[\\t\\n\\f\\r ]';
/** A tag that means the same to every parser. Sticky. */
const TAG = new RegExp(
    `<(/?)([a-zA-Z][a-zA-Z0-9-]*)(?:${SPACE}+[^\\t\\n\\f\\r "'<>/=]+(?:${SPACE}*=${SPACE}*(?:"[^"]*"|'[^']*'|[^\\t\\n\\f\\r "'=<>\`]+))?)*${SPACE}*/?>`,
    'y',
);
/** Text that may open or end an element. */
const OPENING = /<\/?([a-zA-Z][a-zA-Z0-9]*)/gu;

/** Elements of messages (client-server API, "m.room.message msgtypes") that nest as written. */
const PLAIN = new Set(
    'del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s strike code div table thead tbody tfoot tr th td caption pre span font details summary mx-reply'.split(
        ' ',
    ),
);
const VOID = new Set(['br', 'hr', 'img', 'wbr']);
/** A parser adds parents around these elements, unless one of `parents` is already there. */
const IMPLIED: Readonly<Record<string, { readonly more: number; readonly parents: readonly string[] }>> = {
    tr: { more: 1, parents: ['thead', 'tbody', 'tfoot'] },
    td: { more: 2, parents: ['tr'] },
    th: { more: 2, parents: ['tr'] },
};
/** The largest `more` above. */
const MAX_IMPLIED = 2;

/** The deepest nesting. It is at least the depth that any HTML parser finds. */
export function depthOf(html: string): number {
    const open: { readonly name: string; readonly weight: number }[] = [];
    let depth = 0;
    let most = 0;
    let at = html.indexOf('<');
    for (; at !== -1; at = html.indexOf('<', at)) {
        if (!/[a-zA-Z/!?]/u.test(html[at + 1] ?? '')) {
            at++; // plain text
            continue;
        }
        TAG.lastIndex = at;
        const [tag, slash, spelled = ''] = TAG.exec(html) ?? [];
        const name = spelled.toLowerCase();
        if (tag === undefined || !(PLAIN.has(name) || VOID.has(name))) break;
        at += tag.length;
        if (slash === '/' && open.at(-1)?.name === name) depth -= open.pop()?.weight ?? 0;
        // The end tag of a paragraph that is not open creates one.
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
        else depth += /^(?:t[drh]|thead|tbody|col)$/iu.test(match[1] ?? '') ? 1 + MAX_IMPLIED : 1;
    }
    return Math.max(most, depth);
}
