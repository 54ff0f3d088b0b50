/**
 * The page that every case of the bench shares. It looks like an editor with small text: it types, has a caret, and
 * jumps a page every three seconds. A strip of squares at the top tells the time when it was drawn.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Squares of 16 px: a start square, {@link BITS} of the time, and an end square. */
const BITS = 24;
const SQUARE_PX = 16;

export const SOURCE_TITLE = 'Hush bench source';

/** Reads the strip: `at(x, y)` gives the brightness (0 to 255) of a pixel of the picture. NaN: there is no strip. */
export interface StripFormat {
    readonly bits: number;
    readonly square: number;
}
export const STRIP: StripFormat = { bits: BITS, square: SQUARE_PX };

export interface BenchServer {
    /** Without a slash at the end. A secure context, because it is on this machine. */
    readonly origin: string;
    stop(): Promise<void>;
}

/** Serves the source at `/source`, and `files` at their paths. */
export async function startBenchServer(
    files: ReadonlyMap<string, { type: string; body: string }>,
): Promise<BenchServer> {
    const server = createServer((request, answer) => {
        const path = (request.url ?? '/').split('?')[0] ?? '/';
        const file = path === '/source' ? { type: 'text/html', body: html() } : files.get(path);
        answer.writeHead(file ? 200 : 404, { 'Content-Type': `${file?.type ?? 'text/plain'}; charset=utf-8` });
        answer.end(file?.body ?? '');
    });
    await new Promise<void>((done, fail) => {
        server.once('error', fail);
        server.listen(0, '127.0.0.1', done);
    });
    const { port } = server.address() as AddressInfo;
    return {
        origin: `http://127.0.0.1:${port}`,
        stop: () =>
            new Promise((done) => {
                server.close(() => done());
                server.closeAllConnections();
            }),
    };
}

function html(): string {
    return `<!doctype html><html lang="en"><title>${SOURCE_TITLE}</title><style>
    html { height: 100% } body { margin: 0; height: 100%; background: #1e1e1e; color: #d4d4d4; font: 13px/18px monospace; overflow: hidden }
    pre { margin: 24px 16px; will-change: transform } b { color: #569cd6; font-weight: normal } i { color: #6a9955 }
    canvas { position: fixed; left: 0; top: 0 }
    #typed { position: fixed; left: 50%; top: 60%; background: #252526; padding: 8px }
    #typed::after { content: ''; border-left: 2px solid #aeafad; animation: blink 1s steps(1) infinite }
    @keyframes blink { 50% { opacity: 0 } }
  </style><pre></pre><div id="typed"></div><canvas width="${(BITS + 2) * SQUARE_PX}" height="${SQUARE_PX}"></canvas><script>
    const words = 'const value = compute(input, { deep: true }); // the answer';
    document.querySelector('pre').innerHTML = Array.from({ length: 400 }, (_, n) =>
      '<b>const</b> value' + n + ' = compute(' + n * 7919 + ', "text ' + n + '"); <i>// line ' + n + '</i>').join('\\n');
    const pre = document.querySelector('pre'), typed = document.querySelector('#typed');
    const context = document.querySelector('canvas').getContext('2d');
    let n = 0;
    (function draw() {
      n++;
      pre.style.transform = 'translateY(' + -720 * (Math.floor(n / 180) % 5) + 'px)';
      if (n % 6 === 0) typed.textContent = words.slice(0, Math.floor(n / 6) % words.length);
      const now = Math.round(performance.timeOrigin + performance.now());
      for (let i = 0; i < ${BITS + 2}; i++) {
        const on = i === 0 ? true : i === ${BITS + 1} ? false : Math.floor(now / 2 ** (i - 1)) % 2 === 1;
        context.fillStyle = on ? '#fff' : '#000';
        context.fillRect(i * ${SQUARE_PX}, 0, ${SQUARE_PX}, ${SQUARE_PX});
      }
      requestAnimationFrame(draw);
    })();
  </script></html>`;
}
