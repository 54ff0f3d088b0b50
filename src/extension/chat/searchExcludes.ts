/** Leaves out of a search what the person left out of VS Code's own search. Pure. */

/** Nested braces end a search with an error, so each choice becomes a glob of its own. */
const CHOICE = /\{([^{}]*)\}/u;
/** The most globs. */
const MAX_GLOBS = 500;

/**
 * `settings`: the values of `files.exclude` and `search.exclude`. Returns one glob for all of their globs. Undefined: they
 * leave nothing out.
 */
export function excludeGlob(...settings: readonly unknown[]): string | undefined {
    const globs = new Set<string>();
    for (const setting of settings)
        if (typeof setting === 'object' && setting !== null)
            // A value that is no boolean is a condition on files beside it, which a search by name cannot check.
            for (const [glob, isOut] of Object.entries(setting)) if (isOut === true) addChoices(glob, globs);
    const all = [...globs].filter((glob) => glob !== '' && !/[{}]/u.test(glob));
    if (all.length <= 1) return all[0];
    return `{${all.map((glob) => glob.replaceAll(',', '[,]')).join(',')}}`;
}

function addChoices(glob: string, globs: Set<string>): void {
    if (globs.size >= MAX_GLOBS) return;
    const choice = CHOICE.exec(glob);
    if (!choice) return void globs.add(glob);
    const [whole, inner = ''] = choice;
    for (const one of inner.split(','))
        addChoices(glob.slice(0, choice.index) + one + glob.slice(choice.index + whole.length), globs);
}
