/** One drawing while it is made. Others see it grow. */
import type { DrawingShape, PicturePoint } from '../../core/sideChannel/drawn.ts';
import { penParts } from './penParts.ts';
import type { Pointing } from './pointing.ts';

/** ms between two messages about a drawing that grows. */
const SEND_MS = 40;

export interface Stroke {
    pen(from: PicturePoint): void;
    between(
        kind: 'arrow' | 'box',
        from: PicturePoint,
        shape: (kind: 'arrow' | 'box', from: PicturePoint, to: PicturePoint) => DrawingShape,
    ): void;
    label(at: PicturePoint, text: string): void;
    move(to: PicturePoint): void;
    end(): void;
}

/** `pinned`: whether a drawing that begins now stays. */
export function createStroke(pointing: Pick<Pointing, 'say'>, pinned: () => boolean): Stroke {
    let add: ((to: PicturePoint) => void) | undefined;
    let flush: (() => void) | undefined;
    let due: ReturnType<typeof setTimeout> | undefined;
    const later = (): void => {
        due ??= setTimeout(() => {
            due = undefined;
            flush?.();
        }, SEND_MS);
    };
    const begin = () => {
        const id = crypto.randomUUID();
        const stays = pinned();
        return (shape: DrawingShape): void => pointing.say({ type: 'drawing', id, shape, pinned: stays });
    };
    const end = (): void => {
        clearTimeout(due);
        due = undefined;
        flush?.();
        add = flush = undefined;
    };
    return {
        pen(from) {
            end();
            const say = begin();
            let points: PicturePoint[] = [from];
            let said = 0;
            flush = () => {
                for (const shape of penParts(points, said)) say(shape);
                said += points.length;
                points = [];
            };
            add = (to) => {
                points = [...points, to];
                later();
            };
            flush();
        },
        between(kind, from, shape) {
            end();
            const say = begin();
            let to: PicturePoint | undefined;
            flush = () => {
                if (to) say(shape(kind, from, to));
                to = undefined;
            };
            add = (next) => {
                to = next;
                later();
            };
        },
        label(at, text) {
            end();
            begin()({ kind: 'label', at, text });
        },
        move: (to) => add?.(to),
        end,
    };
}
