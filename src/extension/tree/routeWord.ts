/** How a picture travels, in a word. Pure. */
import type { Path } from '../../core/share/mediaMessages.ts';

/** Empty while it does not. */
export function pathWord(path: Path | undefined): string {
    return path === undefined ? '' : path === 'sfu' ? 'via SFU' : path;
}
