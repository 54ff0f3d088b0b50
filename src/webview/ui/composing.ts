/** Input methods compose a word from several keys. Its keys, Enter too, belong to the method and not to the page. */

/** Safari sends the Enter that ends a word after the composition, and marks it by this code only (UI Events, 7.3.1). */
const COMPOSING_CODE = 229;

/** The key is a part of a composition. */
export function isComposing(event: KeyboardEvent): boolean {
    const { keyCode } = event as { readonly keyCode: number };
    return event.isComposing || event.key === 'Process' || keyCode === COMPOSING_CODE;
}

/** Follows the compositions in a field, for methods that do not mark their keys. */
export function watchComposing(field: HTMLElement): (event: KeyboardEvent) => boolean {
    let composing = false;
    field.addEventListener('compositionstart', () => {
        composing = true;
    });
    for (const end of ['compositionend', 'blur'] as const)
        field.addEventListener(end, () => {
            composing = false;
        });
    return (event) => composing || isComposing(event);
}
