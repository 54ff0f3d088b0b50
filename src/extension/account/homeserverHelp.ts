/** What a homeserver is, where one is asked for. Pure. */

export const HOMESERVER_PAGE = 'https://matrix.org/docs/matrix-concepts/elements-of-matrix/';
/** In VS Code's own notation for a link. */
export const HOMESERVER_HELP = `A homeserver holds your account, as a mail provider does for mail. [Learn more](${HOMESERVER_PAGE})`;
