/** The word for the route of a share. Pure. */
import type { Route } from '../../core/share/mediaMessages.ts';

/** Returns an empty text while there is no route. */
export function routeWord(route: Route | undefined): string {
    return route === undefined ? '' : route === 'sfu' ? 'via SFU' : route;
}
