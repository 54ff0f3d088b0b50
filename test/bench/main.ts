/**
 * `npm run bench`: how fast Hush is on this machine.
 *
 * - nothing: Hush beside the bare parts that it is made of (sideBySide.ts). `--quick`: once, and short. Prints the
 *   table and the figures of all rounds as JSON. `--only=TEXT`: the cases whose name contains it. `--loss=2`: with this percentage of all
 *   packets lost.
 * - `--windows`: in two real VS Code windows through real servers (windows.ts).
 * - `--shield[=1000]`: how fast a file with secrets is hidden, over so many openings (shield.ts).
 * - `--pointer`: how old a viewer's pointer is at the sharer (pointer.ts).
 * - `--rooms[=1,50,500]`: accounts with many rooms (rooms.ts).
 */
import { fileURLToPath } from 'node:url';
import { shutDown } from '../stack/processes.ts';
import { benchPointer } from './pointer.ts';
import { benchRooms } from './rooms.ts';
import { runWithLoss } from './lossyNetwork.ts';
import { benchShield } from './shield.ts';
import { benchSideBySide } from './sideBySide.ts';
import { benchWindows } from './windows.ts';

const SIZES = [
    { width: 1280, height: 720 },
    { width: 1920, height: 1080 },
] as const;

const option = (name: string): string | undefined =>
    process.argv.find((a) => a === `--${name}` || a.startsWith(`--${name}=`));
const value = (name: string): string | undefined => option(name)?.split('=')[1];

async function bench(): Promise<unknown> {
    if (option('rooms')) return benchRooms(value('rooms')?.split(',').map(Number) ?? [1, 50, 500]);
    if (option('pointer')) return benchPointer();
    if (option('shield')) return benchShield(Number(value('shield') ?? 1_000));
    if (option('windows')) return benchWindows();
    const quick = option('quick') !== undefined;
    return benchSideBySide({
        sizes: quick ? SIZES.slice(0, 1) : SIZES,
        rounds: Number(value('rounds') ?? (quick ? 1 : 3)),
        measureMs: quick ? 2_000 : 8_000,
        only: value('only') ?? '',
    });
}

try {
    const loss = Number(value('loss') ?? 0);
    if (loss > 0) {
        const others = process.argv.slice(2).filter((a) => !a.startsWith('--loss'));
        process.exitCode = await runWithLoss(loss, [process.execPath, fileURLToPath(import.meta.url), ...others]);
    } else console.log(JSON.stringify(await bench(), undefined, 2));
} finally {
    await shutDown();
}
