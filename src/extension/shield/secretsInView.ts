/** Which of the visible files hold secrets, by their names and by what their links lead to. No vscode in here. */
import type { SecretRule } from '../../core/shield/secretFiles.ts';
import type { FileUri, VisibleFiles } from './visibleFiles.ts';

export interface SecretsInViewOptions {
    /** The path behind all links, with slashes. Rejects if there is none. */
    readonly realPath: (uri: FileUri) => Promise<string>;
    /** Names of the files, each time that they change. */
    readonly seen: (names: readonly string[]) => void;
}

export interface SecretsInView {
    look(files: VisibleFiles, rule: SecretRule): void;
    /** For a new share: says again what is visible. What was shown anyway is hidden again. */
    begin(): void;
    /** Shows what is visible now until it is out of view. */
    allow(): void;
}

interface Visible {
    readonly name: string;
    /** Undefined: not known yet, or the file has no path on this machine. */
    real: string | undefined;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1) || path;
const keyOf = ({ scheme, path }: FileUri): string => `${scheme} ${path}`;

export function createSecretsInView({ realPath, seen }: SecretsInViewOptions): SecretsInView {
    let visible = new Map<string, Visible>();
    let rule: SecretRule = { matches: () => false, unreadable: [] };
    /** Keys of files that the person shows anyway. */
    const allowed = new Set<string>();
    let told = '[]';
    const paths = new Map<string, string>();

    const secrets = (): (readonly [key: string, name: string])[] =>
        [...visible]
            .filter(([key, { real }]) => {
                const path = paths.get(key);
                return (path !== undefined && rule.matches(path)) || (real !== undefined && rule.matches(real));
            })
            .map(([key, { name }]) => [key, name] as const);
    const tell = (again: boolean): void => {
        const names = secrets()
            .filter(([key]) => !allowed.has(key))
            .map(([, name]) => name);
        const now = JSON.stringify(names);
        if (now === told && !again) return;
        told = now;
        seen(names);
    };
    const follow = (key: string, uri: FileUri, entry: Visible): void => {
        realPath(uri).then(
            (real) => {
                entry.real = real;
                if (visible.get(key) === entry) tell(false);
            },
            () => undefined, // a file that is not on the disk has its name only
        );
    };

    return {
        look({ uris, labels }, nextRule) {
            rule = nextRule;
            const next = new Map<string, Visible>();
            for (const uri of uris) {
                const key = keyOf(uri);
                const entry = visible.get(key) ?? { name: nameOf(uri.path), real: undefined };
                next.set(key, entry);
                paths.set(key, uri.path);
                if (!visible.has(key) && uri.scheme === 'file') follow(key, uri, entry);
            }
            for (const label of labels)
                for (const word of [label, ...label.split(/\s+/u)]) {
                    if (word === '') continue;
                    next.set(`label ${word}`, { name: word, real: undefined });
                    paths.set(`label ${word}`, word);
                }
            visible = next;
            for (const key of paths.keys()) if (!next.has(key)) paths.delete(key);
            for (const key of allowed) if (!next.has(key)) allowed.delete(key);
            tell(false);
        },
        begin() {
            allowed.clear();
            tell(true);
        },
        allow() {
            for (const [key] of secrets()) allowed.add(key);
            tell(false);
        },
    };
}
