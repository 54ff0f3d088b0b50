/** How tools write a file and a line. Each pattern has the groups `path`, `line`, and perhaps `end` and `column`. */

/** Every repetition is limited, so that no text takes long. */
const CHARACTERS = '[\\p{L}\\p{M}\\p{N}_.@+/\\\\~$()\\[\\]-]';
const PATH = `(?<path>(?:(?:file|webpack|webpack-internal):\\/\\/\\/?)?(?:(?<![\\p{L}\\p{N}])[A-Za-z]:(?=[\\\\/]))?${CHARACTERS}{1,260})`;
const START = '(?<![\\p{L}\\p{M}\\p{N}_.@+/\\\\~$()\\[\\]-])';
const NUMBER = '[1-9]\\d{0,6}';
/** What stands behind the path: the line, its end and the column. */
export const BEHIND = [
    // path:3, path:L3, path:3:4, path:3-5, path:3:4-5:6, path:3:4-6
    `:L?(?<line>${NUMBER})(?:-L?(?<end>${NUMBER})|[:.](?<column>[1-9]\\d{0,4})(?:-(?:(?<end>${NUMBER})[:.])?\\d{1,5})?)?(?![\\p{L}\\p{N}/]|:\\d)`,
    // path(3), path(3,4), path(3-5), path(3,4)-(5,6), path[3, 4]
    `(?:\\((?<line>${NUMBER})(?:-(?<end>${NUMBER})|,\\s?(?<column>\\d{1,5})(?:[,-]\\s?\\d{1,7}){0,3})?\\)|\\[(?<line>${NUMBER}),\\s?(?<column>\\d{1,5})\\])`,
    // path:(3,4)-(5,6), path (3:4), path 3:4-6, path|3 col 4|
    `:\\((?<line>${NUMBER}),(?<column>\\d{1,5})\\)-\\((?<end>${NUMBER}),\\d{1,5}\\)`,
    `\\s\\((?<line>${NUMBER}):(?<column>\\d{1,5})\\)`,
    `\\s(?<line>${NUMBER}):(?<column>\\d{1,5})-\\d{1,7}(?![\\p{L}\\p{N}:])`,
    `\\|(?<line>${NUMBER})(?:\\scol\\s(?<column>\\d{1,5}))?\\|`,
    // path#L3, path#L3-L5, path#L3C4-L5C6
    `#L(?<line>${NUMBER})(?:C(?<column>\\d{1,5}))?(?:-L?(?<end>${NUMBER})(?:C\\d{1,5})?)?(?![\\p{L}\\p{N}])`,
    // path line 3, path, line 3, column 4, path on line 3
    `,?(?:\\s(?:on|at))?\\sline\\s(?<line>${NUMBER})(?:,?\\s(?:col|column|char)\\s(?<column>\\d{1,5}))?(?![\\p{L}\\p{N}])`,
].map((behind) => new RegExp(`${START}${PATH}${behind}`, 'gu'));
/** A path in quotes may have blanks: `"a b.c":3`, `'a b.c:3:4'`, `File "a b.c", line 3`. */
const INSIDE = `(?<path>[^"'\`\\n:*?<>|]{1,260}|[A-Za-z]:[\\\\/][^"'\`\\n:*?<>|]{1,260})`;
const OPEN = '(?<![\\p{L}\\p{N}])["\'`]';
export const QUOTED = [
    `${OPEN}${INSIDE}["'\`]:(?<line>${NUMBER})(?::(?<column>[1-9]\\d{0,4}))?(?![\\p{L}\\p{N}])`,
    `${OPEN}${INSIDE}:(?<line>${NUMBER})(?:-(?<end>${NUMBER})|:(?<column>[1-9]\\d{0,4}))?["'\`]`,
    `(?:\\bFile\\s)?${OPEN}${INSIDE}["'\`](?:,|\\son)?\\sline\\s(?<line>${NUMBER})(?:,?\\scolumn\\s(?<column>\\d{1,5}))?(?![\\p{L}\\p{N}])`,
].map((quoted) => new RegExp(quoted, 'gu'));
/** A linter names the file once, on its own line, and then lists lines and columns: `  3:10  error  …`. */
export const LISTED =
    /^[ \t]+(?<place>(?<line>[1-9]\d{0,6}):(?<column>\d{1,5}))(?=[ \t]+(?:error|warning|info|✖|⚠|×)(?![\p{L}\p{N}]))/u;
