import { createServer } from 'node:http';
import { onShutdown } from './processes.ts';

export interface EditorPage {
    readonly url: string;
    /** A part of the title that no other tab has, for launchChromium's `capture: { tab }`. */
    readonly title: string;
    stop(): Promise<void>;
}

/**
 * A page to share. It looks like an editor, scrolls, and counts its frames in the corner. It also draws the count as a
 * row of 24 black and white squares, 16 px each, least significant bit first, from (0, 0). So the pixels of a viewer
 * show which frame is visible. `window.frame` is the current count.
 */
export async function startEditorPage(title = 'Hush test editor'): Promise<EditorPage> {
    const server = createServer((_, answer) => {
        answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
        answer.end(html(title));
    });
    await new Promise<void>((done, fail) => {
        server.once('error', fail);
        server.listen(0, '127.0.0.1', done);
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const close = (): Promise<void> =>
        new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
        });
    const forget = onShutdown(close);
    return {
        url: `http://127.0.0.1:${port}/`,
        title,
        async stop() {
            forget();
            await close();
        },
    };
}

function html(title: string): string {
    return `<!doctype html><html lang="en"><title>${title}</title><style>
    body { margin: 0; background: #1e1e1e; color: #d4d4d4; font: 14px/20px monospace; overflow: hidden }
    pre { margin: 24px 16px; will-change: transform }
    b { color: #569cd6; font-weight: normal } i { color: #6a9955 }
    canvas { position: fixed; left: 0; top: 0 }
    output { position: fixed; right: 0; top: 0; padding: 4px 12px; background: #a31515; color: #fff; font-size: 32px; line-height: 40px }
  </style><pre></pre><canvas width="384" height="16"></canvas><output>0</output><script>
    const lines = Array.from({ length: 120 }, (_, n) =>
      '<b>const</b> value' + n + ' = compute(' + n * 7 + ', "text ' + n + '"); <i>// line ' + n + '</i>');
    document.querySelector('pre').innerHTML = lines.join('\\n');
    const context = document.querySelector('canvas').getContext('2d');
    window.frame = 0;
    (function draw() {
      const n = ++window.frame;
      document.querySelector('output').textContent = n;
      // A page jump every three seconds: what a code editor does, and the hardest picture for an encoder.
      document.querySelector('pre').style.transform = 'translateY(' + -400 * (Math.floor(n / 180) % 4) + 'px)';
      for (let bit = 0; bit < 24; bit++) {
        context.fillStyle = (n >> bit) & 1 ? '#fff' : '#000';
        context.fillRect(bit * 16, 0, 16, 16);
      }
      requestAnimationFrame(draw);
    })();
  </script></html>`;
}
