/** VS Code's `when` clauses, as far as the manifest uses them: keys, `!`, `==`, `!=`, `=~`, `&&`, `||` and parentheses. */

export type Keys = Readonly<Record<string, string | boolean | undefined>>;

/** Throws what it cannot read, so that no clause counts as true by mistake. An empty clause is true. */
export function holds(clause: string | undefined, keys: Keys): boolean {
    if (clause === undefined || clause.trim() === '') return true;
    const tokens = clause.match(/\(|\)|&&|\|\||!=|==|=~|!|'[^']*'|\/(?:\\.|[^/\\])+\/\w*|[\w.:-]+/gu) ?? [];
    if (tokens.join('') !== clause.replaceAll(/\s/gu, '')) throw new Error(`cannot read the clause "${clause}"`);
    let at = 0;
    const take = (token: string): boolean => tokens[at] === token && ++at > 0;
    const value = (): string => (tokens[at++] ?? '').replace(/^'(.*)'$/u, '$1');
    const one = (): boolean => {
        if (take('!')) return !one();
        if (take('(')) {
            const inner = any();
            if (!take(')')) throw new Error(`a parenthesis is open in "${clause}"`);
            return inner;
        }
        const name = value();
        if (name === 'true' || name === 'false') return name === 'true';
        const key = keys[name];
        if (take('==')) return String(key) === value();
        if (take('!=')) return String(key) !== value();
        if (take('=~')) {
            const [, source = '', flags] = /^\/(.*)\/(\w*)$/u.exec(value()) ?? [];
            return new RegExp(source, flags).test(String(key ?? ''));
        }
        return Boolean(key);
    };
    const all = (): boolean => {
        let result = one();
        while (take('&&')) result = one() && result;
        return result;
    };
    const any = (): boolean => {
        let result = all();
        while (take('||')) result = all() || result;
        return result;
    };
    const result = any();
    if (at !== tokens.length) throw new Error(`the clause "${clause}" goes on after its end`);
    return result;
}
