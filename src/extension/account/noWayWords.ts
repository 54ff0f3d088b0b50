/** Says that a homeserver offers no way to sign in that Hush knows, and what it offers. Pure. */
import { visibleLine } from '../../core/base/visibleText.ts';
import type { SignInWays } from '../../matrix/signIn/signInWays.ts';

export function noWayWords(host: string, { types, oauthProblem }: Pick<SignInWays, 'types' | 'oauthProblem'>): string {
    const offers = types.length === 0 ? 'nothing' : visibleLine(types.join(', '), 200);
    const oauth = oauthProblem ? ` Its OAuth cannot be used: ${oauthProblem.message}` : '';
    return `${host} offers no way to sign in that Hush knows: no OAuth, password, single sign-on or login token (it offers ${offers}).${oauth} Ask its administrator, or choose another homeserver.`;
}
