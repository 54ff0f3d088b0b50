/** Files that the person drags over the page and drops. */

export interface FileDropOptions {
    /** Gets the mark while files are over the page. */
    readonly element: HTMLElement;
    readonly enabled: () => boolean;
    readonly take: (files: FileList) => void;
}

export function followFileDrops({ element, enabled, take }: FileDropOptions): void {
    for (const type of ['dragenter', 'dragover'] as const)
        document.addEventListener(type, (event) => {
            if (!event.dataTransfer?.types.includes('Files') || !enabled()) return;
            event.preventDefault();
            element.classList.add('dropping');
        });
    document.addEventListener('dragleave', (event) => {
        if (event.relatedTarget === null) element.classList.remove('dropping');
    });
    document.addEventListener('drop', (event) => {
        element.classList.remove('dropping');
        const files = event.dataTransfer?.files;
        if (!files || files.length === 0 || !enabled()) return;
        event.preventDefault();
        take(files);
    });
}
