/** Pointing in code, and what others point at. A bundle of its own, loaded on first use. */
import { createPointingPace } from '../../core/chat/freshPointers.ts';
import type { ActionContext, PointerDesk } from '../shell/actionContext.ts';
import { pointHere } from './pointHere.ts';
import { createShownPointers, type ShownPointers } from './shownPointers.ts';

export function createPointerDesk(context: () => ActionContext): PointerDesk & ShownPointers {
    const mayNow = createPointingPace();
    return Object.assign(createShownPointers(), { pointHere: () => pointHere(context(), mayNow) });
}
