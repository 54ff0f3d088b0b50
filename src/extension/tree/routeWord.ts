/** The word for the route of a share. Pure. */
import type { Route } from '../../core/share/mediaMessages.ts';

/** Returns an empty text while there is no route. */
export function pathWord(path: Route | undefined): string {
    return path === undefined ? '' : path === 'sfu' ? 'via SFU' : path;
}
