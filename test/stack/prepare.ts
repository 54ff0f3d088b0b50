/** Installs what the suites need before they run: a test's time is for the test, and installing says what it does. */
import { ensureChromium, ensureFirefox, ensureXvfb } from './install/browsers.ts';
import { ensureLiveKit } from './install/liveKit.ts';
import { ensureCoturn, ensureKeyring } from './install/optional.ts';
import { ensureSynapseOidc } from './install/synapse.ts';
import { ensureVsCodeServer } from './install/vsCodeServer.ts';
import { createProgress, type Progress } from './progress.ts';

type Install = (progress: Progress) => Promise<unknown>;

/** One after the other within a line: the system's installer takes one at a time. */
const LINES: readonly (readonly Install[])[] = [
    [ensureSynapseOidc], // with Synapse under it
    [ensureLiveKit],
    [ensureVsCodeServer],
    [ensureChromium, ensureFirefox, ensureXvfb, ensureCoturn, ensureKeyring],
];

/** Parts that these report: two of them bring another along. */
const PARTS = LINES.flat().length + 2;

/** Never rejects: what cannot be installed is said here, and by the tests that need it. */
export async function prepare(): Promise<void> {
    const progress = createProgress(PARTS);
    await Promise.all(
        LINES.map(async (line) => {
            for (const install of line)
                await install(progress).catch((error: unknown) =>
                    console.error(error instanceof Error ? error.message : error),
                );
        }),
    );
}
