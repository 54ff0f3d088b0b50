/** Paths in a patch, as git writes them: plain, or in quotes with C escapes (git-config, "core.quotePath"). Pure. */

const ESCAPES: Readonly<Record<string, string>> = {
    a: '\x07',
    b: '\b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
    v: '\v',
    '\\': '\\',
    '"': '"',
};

/** What stands in quotes at the start of `text`, and what follows it. Undefined: the quotes are malformed. */
function unquote(text: string): { readonly value: string; readonly rest: string } | undefined {
    if (!text.startsWith('"')) return undefined;
    let value = '';
    for (let at = 1; at < text.length; at++) {
        const character = text[at] ?? '';
        if (character === '"') return { value, rest: text.slice(at + 1) };
        if (character !== '\\') {
            value += character;
            continue;
        }
        const escaped = text[++at] ?? '';
        const octal = /^[0-3][0-7]{2}/u.exec(text.slice(at, at + 3))?.[0];
        if (octal !== undefined) {
            value += String.fromCharCode(Number.parseInt(octal, 8));
            at += 2;
        } else if (Object.hasOwn(ESCAPES, escaped)) value += ESCAPES[escaped] ?? '';
        else return undefined;
    }
    return undefined;
}

/** The rest of `text` after this name, quoted or plain. Undefined: `text` starts with another name. */
function after(text: string, name: string): string | undefined {
    if (text.startsWith('"')) {
        const quoted = unquote(text);
        return quoted?.value === name ? quoted.rest : undefined;
    }
    return text.startsWith(name) ? text.slice(name.length) : undefined;
}

/** Whether `text` is exactly this name. Git ends a name with white space in it with a tab. */
export function isName(text: string, name: string): boolean {
    const rest = after(text, name);
    return rest === '' || rest === '\t';
}

/** Whether the header "diff --git" has these two paths. */
export function isHeaderOf(header: string, oldPath: string, newPath: string): boolean {
    const rest = after(header, `a/${oldPath}`);
    return rest !== undefined && rest.startsWith(' ') && after(rest.slice(1), `b/${newPath}`) === '';
}

/** The path of a header with the same path on both sides. Undefined: it is not such a header. */
export function samePathOf(header: string): string | undefined {
    const quoted = unquote(header);
    // "a/" and " b/" stand around the path, which is there twice.
    const length = (header.length - 'a/ b/'.length) / 2;
    const path = quoted ? quoted.value.slice(2) : header.slice(2, 2 + length);
    return path !== '' && isHeaderOf(header, path, path) ? path : undefined;
}

/** A name that stands alone, as after "rename from". */
export function bareName(text: string): string | undefined {
    if (!text.startsWith('"')) return text;
    const quoted = unquote(text);
    return quoted?.rest === '' ? quoted.value : undefined;
}
