/** Reads the statistics that a viewer's page shows, one sample after the other. */
export interface EvaluatingPage {
    evaluate(expression: string): Promise<unknown>;
}

export interface ShownSample {
    readonly framesDecoded: number;
    readonly width: number;
    readonly height: number;
    readonly codec: string;
    readonly bitsPerSecond: number;
}

/** Resolves with the rows of the panel when the page has drawn its next sample. */
const NEXT_ROWS = `new Promise((done) => {
    const panel = document.querySelector('dl.stats');
    const observer = new MutationObserver(() => {
        const cells = [...panel.children].map((cell) => cell.textContent);
        const rows = Object.fromEntries(cells.flatMap((name, i) => (i % 2 === 0 ? [[name, cells[i + 1]]] : [])));
        if (!/^\\d+$/u.test(rows.Decoded)) return;
        observer.disconnect();
        done(JSON.stringify(rows));
    });
    observer.observe(panel, { childList: true });
})`;

/** The panel must be shown. */
export async function nextSample(page: EvaluatingPage): Promise<ShownSample> {
    const rows = JSON.parse(String(await page.evaluate(NEXT_ROWS))) as Readonly<Record<string, string>>;
    const [width = NaN, height = NaN] = (rows['Picture'] ?? '').split(' × ').map(Number);
    const [rate = '', unit = ''] = (rows['Rate'] ?? '').split(' ');
    return {
        framesDecoded: Number(rows['Decoded']),
        width,
        height,
        codec: rows['Codec'] ?? '',
        bitsPerSecond: Number(rate) * (unit === 'Mbit/s' ? 1_000_000 : 1_000),
    };
}
