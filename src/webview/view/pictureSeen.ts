/** Tells whether anybody can see the picture: its tab is in front, and the window is not hidden. */

/** Calls `onChange` with each change. The picture counts as visible at first. */
export function watchSeen(element: HTMLElement, onChange: (seen: boolean) => void): void {
    let inView = true;
    let seen = true;
    const update = (): void => {
        const now = inView && document.visibilityState === 'visible';
        if (now === seen) return;
        seen = now;
        onChange(now);
    };
    document.addEventListener('visibilitychange', update);
    // VS Code keeps the page of a tab that is not in front, and gives it no room.
    new IntersectionObserver((entries) => {
        inView = entries.at(-1)?.isIntersecting ?? true;
        update();
    }).observe(element);
}
