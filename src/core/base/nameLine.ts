/** Names of people, rooms and devices, as others chose them, on one short line. */
import { visibleLine } from './visibleText.ts';

/** The most characters of a name. A tooltip has the whole. */
export const MAX_NAME = 64;
/** The most characters of a whole name. An event's size limits it anyway, and nobody reads more. */
const MAX_WHOLE = 4_096;
/** Some scripts put several marks on a letter. More only cover the lines around. */
const PILED = /(\p{M}{4})\p{M}+/gu;

/** One line of at most {@link MAX_NAME} characters. Hidden characters are shown by their code. May be empty. */
export function nameLine(name: string): string {
    return visibleLine(name.replaceAll(PILED, '$1'), MAX_NAME);
}

/** The whole name on one line, for a tooltip. */
export function wholeNameLine(name: string): string {
    return visibleLine(name.replaceAll(PILED, '$1'), MAX_WHOLE);
}
