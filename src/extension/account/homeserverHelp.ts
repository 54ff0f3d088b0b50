/** Explains a homeserver where Hush asks for one. Pure. */

export const HOMESERVER_PAGE = 'https://matrix.org/docs/matrix-concepts/elements-of-matrix/';
/** The link is in VS Code's notation. */
export const HOMESERVER_HELP = `A homeserver holds your account, as a mail provider does for mail. [Learn more](${HOMESERVER_PAGE})`;
