/** Command line of `npm run demo`. Pure. */
import { parseArgs } from 'node:util';

export interface Person {
    /** User ID or localpart. */
    readonly user: string;
    readonly password: string;
}

/** Servers that exist already. */
interface Remote {
    readonly homeserver: string;
    readonly roomId: string;
    readonly sharer: Person | undefined;
    readonly viewer: Person | undefined;
}

export interface DemoOptions {
    readonly headless: boolean;
    readonly json: boolean;
    readonly capture: 'webview' | 'loopback';
    /** Undefined: LiveKit where it can be had on this machine, else the mesh. */
    readonly transport: 'livekit' | 'mesh' | undefined;
    readonly only: 'sharer' | 'viewer' | undefined;
    /** Seconds to go on after the picture is there; with a display and no number, until Ctrl-C. */
    readonly hold: number | undefined;
    readonly settings: Readonly<Record<string, unknown>>;
    /** Undefined: a stack of our own. */
    readonly remote: Remote | undefined;
}

/** A mistake on the command line, as a sentence. */
export class UsageError extends Error {}

export const USAGE = `npm run demo -- [options]
  --headless                no windows on the screen; screenshots in out/demo/
  --json                    the last line is one JSON object
  --capture=webview|loopback
  --transport=livekit|mesh  default: LiveKit where it can be had (or the homeserver names one), else the mesh
  --hold=SECONDS            go on that long
  --setting=KEY=VALUE       a VS Code setting in both windows (repeatable; VALUE may be JSON)
Servers that exist already (passwords in HUSH_DEMO_SHARER_PASSWORD and HUSH_DEMO_VIEWER_PASSWORD):
  --homeserver=URL --room=ID --sharer=USER --viewer=USER [--only=sharer|viewer]`;

function setting(text: string): [string, unknown] {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--setting wants KEY=VALUE, not "${text}".`);
    const value = text.slice(at + 1);
    try {
        return [text.slice(0, at), JSON.parse(value)];
    } catch {
        return [text.slice(0, at), value];
    }
}

function person(role: 'sharer' | 'viewer', user: string | undefined, env: NodeJS.ProcessEnv): Person {
    const name = `HUSH_DEMO_${role.toUpperCase()}_PASSWORD`;
    const password = env[name];
    if (user === undefined) throw new UsageError(`--homeserver needs --${role}=USER.`);
    if (password === undefined || password === '') throw new UsageError(`Put the password of ${user} into ${name}.`);
    return { user, password };
}

/** @throws UsageError */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): DemoOptions {
    let values;
    try {
        ({ values } = parseArgs({
            args: [...args],
            strict: true,
            options: {
                headless: { type: 'boolean', default: false },
                json: { type: 'boolean', default: false },
                capture: { type: 'string', default: 'webview' },
                only: { type: 'string' },
                hold: { type: 'string' },
                setting: { type: 'string', multiple: true, default: [] },
                homeserver: { type: 'string' },
                room: { type: 'string' },
                sharer: { type: 'string' },
                viewer: { type: 'string' },
                transport: { type: 'string' },
            },
        }));
    } catch (error) {
        throw new UsageError(error instanceof Error ? error.message : String(error));
    }
    const { capture, only, hold, homeserver, room, transport } = values;
    if (capture !== 'webview' && capture !== 'loopback') throw new UsageError('--capture is webview or loopback.');
    if (only !== undefined && only !== 'sharer' && only !== 'viewer')
        throw new UsageError('--only is sharer or viewer.');
    if (transport !== undefined && transport !== 'livekit' && transport !== 'mesh')
        throw new UsageError('--transport is livekit or mesh.');
    if (hold !== undefined && !(Number(hold) >= 0)) throw new UsageError('--hold wants a number of seconds.');
    if (
        homeserver === undefined &&
        (only !== undefined || room !== undefined || values.sharer !== undefined || values.viewer !== undefined)
    ) {
        throw new UsageError('--only, --room, --sharer and --viewer go with --homeserver=URL.');
    }
    if (homeserver !== undefined && room === undefined) throw new UsageError('--homeserver needs --room=ID.');
    return {
        headless: values.headless,
        json: values.json,
        capture,
        transport,
        only,
        hold: hold === undefined ? undefined : Number(hold),
        settings: Object.fromEntries(values.setting.map(setting)),
        remote:
            homeserver === undefined || room === undefined
                ? undefined
                : {
                      homeserver,
                      roomId: room,
                      sharer: only === 'viewer' ? undefined : person('sharer', values.sharer, env),
                      viewer: only === 'sharer' ? undefined : person('viewer', values.viewer, env),
                  },
    };
}
