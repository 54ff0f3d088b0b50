// Outlives the process that starts servers. Its standard input is a pipe from that process. When the pipe closes, for
// any reason, it removes the process groups (+pid) and folders (>path) that are still registered.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const groups = new Set();
const folders = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
    const rest = line.slice(1);
    if (line[0] === '+') groups.add(Number(rest));
    if (line[0] === '-') groups.delete(Number(rest));
    if (line[0] === '>') folders.add(rest);
    if (line[0] === '<') folders.delete(rest);
});
lines.on('close', () => {
    for (const pid of groups) {
        try {
            process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
        } catch {
            // gone already
        }
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});
