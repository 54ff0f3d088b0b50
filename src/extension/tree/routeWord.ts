/** The word for the route of a share. Pure. */
import type { Path } from '../../core/share/mediaMessages.ts';

/** Returns an empty text while there is no route. */
export function pathWord(path: Path | undefined): string {
    return path === undefined ? '' : path === 'sfu' ? 'via SFU' : path;
}
