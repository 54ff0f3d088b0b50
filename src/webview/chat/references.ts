/** Splits plain text into what a click can open, and the rest: addresses, and places in code. Pure. */
import { findAddresses, type Address } from './addresses.ts';
import { findPlaces, type Place } from './places.ts';

export type Piece =
    | { readonly kind: 'text'; readonly text: string }
    | ({ readonly kind: 'url' } & Address)
    | ({ readonly kind: 'file' } & Place);

export function findReferences(text: string): Piece[] {
    const addresses = findAddresses(text);
    const inAddress = ({ index, text: { length } }: Place): boolean =>
        addresses.some((other) => index < other.index + other.text.length && other.index < index + length);
    const found: Exclude<Piece, { kind: 'text' }>[] = [
        ...addresses.map((address) => ({ kind: 'url' as const, ...address })),
        ...findPlaces(text)
            .filter((place) => !inAddress(place))
            .map((place) => ({ kind: 'file' as const, ...place })),
    ];
    const pieces: Piece[] = [];
    let done = 0;
    const plain = (to: number): void => {
        if (to > done) pieces.push({ kind: 'text', text: text.slice(done, to) });
        done = to;
    };
    for (const piece of found.toSorted((a, b) => a.index - b.index)) {
        plain(piece.index);
        pieces.push(piece);
        done = piece.index + piece.text.length;
    }
    plain(text.length);
    return pieces;
}
