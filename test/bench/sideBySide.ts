/**
 * Compares Hush with the bare parts that it is made of, on one machine in one run. The rounds take turns, so that what
 * disturbs the machine disturbs all. Absolute times of a shared machine are noisy; the ratios are what counts.
 */
import type { Browser } from 'playwright-core';
import { startPageLiveKit } from '../integration/support/pageLiveKit.ts';
import { launchChromium } from '../stack/chromium.ts';
import { ensureLiveKit } from '../stack/install/liveKit.ts';
import { silentProgress } from '../stack/progress.ts';
import { bareFiles, CASES, type Scene, type Size } from './cases.ts';
import { measure } from './meter.ts';
import { SOURCE_TITLE, startBenchServer } from './sourcePage.ts';
import { quantile, spread, spreadWords } from './statistics.ts';

export interface BenchOptions {
    readonly sizes: readonly Size[];
    readonly rounds: number;
    /** ms of each measurement, after as long a warm-up. */
    readonly measureMs: number;
    /** Only cases whose name contains this. */
    readonly only: string;
}

interface Round {
    readonly case: string;
    /** Which turn of its case it was. */
    readonly turn: number;
    readonly size: string;
    readonly p50: number;
    readonly p95: number;
    readonly longestGap: number;
    readonly pictures: number;
    readonly unread: number;
    readonly firstFrameMs: number | undefined;
    /** Cores, of each browser with all of its processes. */
    readonly cpu: { readonly sharer: number; readonly viewer: number };
    /** Why the round does not count. */
    readonly disturbed: string | undefined;
}

/** Below this many pictures a second, the machine did something else. */
const FEWEST_PER_SECOND = 5;

export async function benchSideBySide(options: BenchOptions): Promise<unknown> {
    await ensureLiveKit(silentProgress);
    const [server, liveKit, sharer, viewer] = await Promise.all([
        bareFiles().then(startBenchServer),
        startPageLiveKit(),
        launchChromium({ capture: { tab: SOURCE_TITLE }, args: ['--force-device-scale-factor=1'] }),
        launchChromium({ args: ['--force-device-scale-factor=1'] }),
    ]);
    const rounds: Round[] = [];
    const cases = CASES.filter(({ name }) => name.includes(options.only));
    const total = options.sizes.length * options.rounds * cases.length;
    try {
        for (const size of options.sizes)
            for (let round = 0; round < options.rounds; round++)
                for (const one of cases) {
                    const scene: Scene = { browsers: { sharer, viewer }, origin: server.origin, size, liveKit };
                    console.error(
                        `[${rounds.length + 1}/${total}] ${size.width} × ${size.height}, round ${round + 1}: ${one.name}`,
                    );
                    rounds.push({ ...(await runRound(one, scene, options.measureMs)), turn: round });
                }
    } finally {
        await Promise.all([sharer.close(), viewer.close(), liveKit.stop(), server.stop()]);
    }
    return report(rounds);
}

async function runRound(one: (typeof CASES)[number], scene: Scene, measureMs: number): Promise<Omit<Round, 'turn'>> {
    const { sharer, viewer } = scene.browsers;
    const size = `${scene.size.width} × ${scene.size.height}`;
    const running = await one.open(scene);
    try {
        await measure(running.page, running.video, scene.size.width, measureMs); // warm-up: the line's bandwidth is estimated
        const before = await Promise.all([cpuSeconds(sharer), cpuSeconds(viewer)]);
        const began = performance.now();
        const { ages, gaps, width, height, unread } = await measure(
            running.page,
            running.video,
            scene.size.width,
            measureMs,
        );
        const seconds = (performance.now() - began) / 1_000;
        const after = await Promise.all([cpuSeconds(sharer), cpuSeconds(viewer)]);
        const small = ages.length < (measureMs / 1_000) * FEWEST_PER_SECOND;
        const scaled = width !== scene.size.width || height !== scene.size.height;
        return {
            case: one.name,
            size,
            p50: Math.round(quantile(ages, 0.5)),
            p95: Math.round(quantile(ages, 0.95)),
            longestGap: Math.round(Math.max(0, ...gaps)),
            pictures: ages.length,
            unread,
            firstFrameMs: running.firstFrameMs,
            cpu: {
                sharer: (after[0] - before[0]) / seconds,
                viewer: (after[1] - before[1]) / seconds,
            },
            disturbed: small ? 'few pictures' : scaled ? `the picture had ${width} × ${height} px` : undefined,
        };
    } finally {
        await running.close();
    }
}

/** Of all processes of a browser, since their start. */
async function cpuSeconds(browser: Browser): Promise<number> {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

function report(rounds: readonly Round[]): unknown {
    const sizes = [...new Set(rounds.map((r) => r.size))];
    const table = sizes.flatMap((size) =>
        CASES.map(({ name, peer }) => {
            const of = (which: string): readonly Round[] =>
                rounds.filter((r) => r.case === which && r.size === size && r.disturbed === undefined);
            const mine = of(name);
            const theirs = peer === undefined ? [] : of(peer);
            const figure = (key: 'p50' | 'p95') => spread(mine.map((r) => r[key]));
            // Of the same turn, because the machine's load changes slowly.
            const ratio = (read: (r: Round) => number): string =>
                spreadWords(
                    spread(
                        mine.flatMap((r) => {
                            const other = theirs.find(({ turn }) => turn === r.turn);
                            return other ? [read(r) / read(other)] : [];
                        }),
                    ),
                    2,
                );
            return {
                size,
                case: name,
                age: { p50: spreadWords(figure('p50')), p95: spreadWords(figure('p95')) },
                firstFrameMs: spreadWords(spread(mine.map((r) => r.firstFrameMs ?? Number.NaN))),
                longestGapMs: spreadWords(spread(mine.map((r) => r.longestGap))),
                cores: {
                    sharer: spreadWords(spread(mine.map((r) => r.cpu.sharer)), 2),
                    viewer: spreadWords(spread(mine.map((r) => r.cpu.viewer)), 2),
                },
                ratios:
                    theirs.length === 0
                        ? undefined
                        : {
                              against: peer,
                              p50: ratio((r) => r.p50),
                              p95: ratio((r) => r.p95),
                              firstFrame: ratio((r) => r.firstFrameMs ?? Number.NaN),
                              sharerCpu: ratio((r) => r.cpu.sharer),
                              viewerCpu: ratio((r) => r.cpu.viewer),
                          },
            };
        }).filter(({ case: name }) => rounds.some((r) => r.case === name)),
    );
    const disturbed = rounds.flatMap((r, i) =>
        r.disturbed === undefined ? [] : [`round ${i + 1} (${r.case}, ${r.size}): ${r.disturbed}`],
    );
    return { table, disturbed, rounds };
}
