/**
 * Finds web and mail addresses in plain text, and ends them where a person would: before the punctuation of the
 * sentence, a closing bracket of the text around, or a particle of a script without blanks. Pure.
 */

export interface Address {
    readonly index: number;
    readonly text: string;
    readonly href: string;
}

/** Quotes, angle brackets, bars and the punctuation of other scripts never belong to an address. */
const WEB =
    /(?<![A-Za-z0-9])https?:\/\/[^\s<>"`|\\^“”„‟‘‚‛«»‹›。，、；：！？…「」『』【】《》〈〉〔〕؟،؛۔।॥։՝჻]{1,2000}/giu;
/** Shown instead of an invisible character (visibleText). */
const SHOWN_CODE = /\[U\+[0-9A-F]{4,6}\]/u;
/** Each run is tried at its start only, not at each of its characters. */
const END =
    /(?<![.,;:!?'’*~·‧—–-])[.,;:!?'’*~·‧—–-]+$|&(?:amp|quot|gt|lt|#\d{1,7});$|(?<![\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\uFE0F\u200D])[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\uFE0F\u200D]+$/u;
/** The most marks at the end that are taken off one by one. No sentence has more. */
const MAX_CUTS = 20;
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '）': '（', '］': '［', '｝': '｛' };
const OPENERS = new Set(Object.values(PAIRS));
/** Kana and Korean particles that follow a Latin address without a blank. */
const PARTICLE =
    /(?<=[!-~])(?:\p{Script=Hiragana}.*|(?:에서|으로|이나|까지|부터|을|를|은|는|이|가|에|로|와|과|의|도)$)/su;
/** The name of a domain, and then a script without blanks: the sentence goes on. */
const HOST =
    /^(https?:\/\/(?:[!-~]*@)?[a-z0-9.-]+\.[a-z]{2,24}(?::\d{1,5})?)(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}])/iu;

/**
 * The local part and the domain. What follows must not make it a remote (`git@host:path`), an image of Docker, or a path.
 */
const MAIL =
    /(?<![\p{L}\p{N}_.+/:@=~%-])(?!git@)[\p{L}\p{N}](?:[\p{L}\p{N}_.+%-]{0,62}[\p{L}\p{N}_+%-])?@(?!\d)(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}[\p{L}-]{0,22}\p{L}(?![\p{L}\p{N}_@]|[/\\]|:(?=[^\s])|-[\p{L}\p{N}]|\.[\p{L}\p{N}])/gu;
/** A program that takes the name of a machine. */
const MACHINE = /(?:^|\s)(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id)\s[^\n]*$/u;
/** File names and unit names with an at sign, and package versions by their tag. */
const NO_DOMAIN =
    /\.(?:png|jpe?g|gif|svg|webp|avif|ico|js|mjs|cjs|jsx|tsx?|json|lock|tgz|gz|xz|bz2|tar|whl|jar|css|html?|txt|log|ya?ml|toml|xml|csv|cpp|hpp|java|kt|swift|php|service|socket|timer|target|mount|slice|local|localhost|internal)$/iu;

export function findAddresses(text: string): Address[] {
    const found: Address[] = [];
    for (const { 0: whole, index } of text.matchAll(WEB)) {
        const address = endOf(whole);
        const url = URL.parse(address);
        if (url && url.hostname !== '') found.push({ index, text: address, href: url.href });
    }
    for (const { 0: address, index } of text.matchAll(MAIL)) {
        if (NO_DOMAIN.test(address) || MACHINE.test(text.slice(Math.max(0, index - 80), index))) continue;
        if (found.some((other) => index >= other.index && index < other.index + other.text.length)) continue;
        found.push({ index, text: address, href: `mailto:${encodeURI(address)}` });
    }
    return found.toSorted((a, b) => a.index - b.index);
}

function endOf(whole: string): string {
    let address = whole.slice(0, SHOWN_CODE.exec(whole)?.index);
    address = HOST.exec(address)?.[1] ?? address;
    address = address.slice(0, unmatched(address));
    for (let cuts = 0; cuts < MAX_CUTS; cuts++) {
        const shorter = address.replace(END, '').replace(PARTICLE, '');
        const last = shorter.at(-1) ?? '';
        // An opening bracket at the end belongs to what follows.
        const cut = OPENERS.has(last) ? shorter.slice(0, -1) : shorter;
        if (cut === address) return address;
        address = cut;
    }
    return address;
}

/** The place of the first closing bracket that closes nothing in the address. */
function unmatched(address: string): number | undefined {
    const open: string[] = [];
    for (let at = 0; at < address.length; at++) {
        const character = address[at] ?? '';
        if (OPENERS.has(character)) open.push(character);
        else if (Object.hasOwn(PAIRS, character) && open.pop() !== PAIRS[character]) return at;
    }
    return undefined;
}
