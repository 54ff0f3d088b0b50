/** Calls `changed` when the window moves to a screen with another pixel ratio, or when the person zooms VS Code. */
export function onPixelRatio(changed: (before: number, now: number) => void): void {
    let known = window.devicePixelRatio || 1;
    const watch = (): void => {
        // A query matches one ratio only, so each change needs a new query.
        matchMedia(`(resolution: ${known}dppx)`).addEventListener('change', look, { once: true });
    };
    const look = (): void => {
        const before = known;
        known = window.devicePixelRatio || 1;
        watch();
        if (before !== known) changed(before, known);
    };
    watch();
}
