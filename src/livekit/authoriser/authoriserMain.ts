/** `npm run livekit-auth`: starts the authoriser. */
import { readFileSync } from 'node:fs';
import { readConfig } from './authoriserConfig.ts';
import { listenAuthoriser } from './authoriserServer.ts';

// `npm run livekit-auth`: the authoriser alone, for people who run their own SFU. It speaks plain HTTP and needs a
// reverse proxy with TLS in front.
async function main(): Promise<void> {
    const { host, port, apiKey, apiSecret, ...options } = readConfig(process.env, (path) => readFileSync(path, 'utf8'));
    const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
    const running = await listenAuthoriser({ ...options, key: { apiKey, apiSecret }, log }, host, port);
    log(`listening on ${running.url} for ${options.livekitUrl}`);
    const end = (): void => void running.close().then(() => process.exit(0));
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
});
