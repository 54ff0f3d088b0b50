/** Alice shares her own window of VS Code, and Bob's tab counts the frames that show her secret. */
import { writeFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync, crc32 } from 'node:zlib';
import type { Frame } from 'playwright-core';
import { keepLog } from './failure.ts';
import { acceptInvite, invite, signIn, startSession } from './flows.ts';
import { openPerson, type Person } from './person.ts';
import { sharedWorld, type World } from './world.ts';

/** Nothing else in the window has this colour. */
const SECRET = '#ff00ff';
const BLOCK = Array.from({ length: 60 }, () => '█'.repeat(120)).join('\n');
const TITLE = 'Window of Alice';

export interface SecretPair {
    readonly world: World;
    readonly alice: Person;
    readonly bob: Person;
    stop(): Promise<void>;
}

let counter = 0;

export async function openSecretPair(
    transport: 'mesh' | 'livekit',
    settings: Readonly<Record<string, unknown>> = {},
): Promise<SecretPair> {
    const world = await sharedWorld();
    const { stack, vsix, env } = world;
    const id = `${Date.now().toString(36)}${++counter}`;
    const room = `secret-${id}`;
    const [aliceAccount, bobAccount] = await Promise.all([
        stack.createAccount(`alice-${id}`, { displayName: `Alice ${id}` }),
        stack.createAccount(`bob-${id}`, { displayName: `Bob ${id}` }),
    ]);
    const alice = await openPerson({
        vsix,
        env,
        workspace: room,
        capture: { tab: TITLE },
        files: {
            '.env': `${BLOCK}\n`,
            'plain.txt': 'nothing\n',
            'secrets.ipynb': notebook(),
            'other.ts': 'export {};\n',
        },
        settings: {
            'hush.transport': transport,
            // A page cannot capture the tab that it is in.
            'hush.capture.location': 'browser',
            'window.title': TITLE,
            'workbench.colorCustomizations': { 'editor.foreground': SECRET },
            'editor.minimap.enabled': false,
            'editor.occurrencesHighlight': 'off',
            'workbench.editor.enablePreview': false,
            ...settings,
        },
    });
    const bob = await openPerson({ vsix, env, workspace: room, settings: { 'hush.transport': transport } });
    await writeFile(join(alice.folder, 'secrets.png'), png());
    await symlink(join(alice.folder, '.env'), join(alice.folder, 'notes.txt'));
    await signIn(alice.workbench, {
        homeserver: stack.baseUrl,
        user: aliceAccount.userId,
        password: aliceAccount.password,
    });
    await signIn(bob.workbench, { homeserver: stack.baseUrl, user: bobAccount.userId, password: bobAccount.password });
    await startSession(alice.workbench, room);
    await invite(alice.workbench, bobAccount.userId);
    await acceptInvite(bob.workbench, room);
    await alice.workbench.clearNotifications();
    return {
        world,
        alice,
        bob,
        async stop() {
            await keepLog(alice, `${room}-alice`);
            await keepLog(bob, `${room}-bob`);
            await alice.stop();
            await bob.stop();
        },
    };
}

/** A raw cell, which has the colour of plain text. */
function notebook(): string {
    const cell = { cell_type: 'raw', metadata: {}, source: BLOCK.split('\n').map((line) => `${line}\n`) };
    return JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 });
}

/** A picture of one colour. */
function png(): Buffer {
    const [width, height] = [600, 400];
    const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([255, 0, 255]))]);
    const chunk = (type: string, data: Buffer): Buffer => {
        const body = Buffer.concat([Buffer.from(type), data]);
        const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
        length.writeUInt32BE(data.length);
        sum.writeUInt32BE(crc32(body));
        return Buffer.concat([length, body, sum]);
    };
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width);
    header.writeUInt32BE(height, 4);
    header.set([8, 2], 8);
    return Buffer.concat([
        Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
        chunk('IHDR', header),
        chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
        chunk('IEND', Buffer.alloc(0)),
    ]);
}

export interface SecretFrames {
    readonly all: number;
    /** Frames with the secret, and the ms since the epoch of each. */
    readonly secret: readonly number[];
    /** Frames with the card. */
    readonly cards: number;
    readonly last: 'secret' | 'card' | 'clear' | 'none';
}

/** Looks at every frame that the tab decodes from now on. */
export async function countSecretFrames(frame: Frame): Promise<void> {
    await frame.evaluate(() => {
        interface Processor {
            readonly readable: ReadableStream<VideoFrame>;
        }
        type Global = {
            MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack; maxBufferSize: number }) => Processor;
            secretFrames?: { all: number; secret: number[]; cards: number; last: string };
        };
        const global = globalThis as unknown as Global;
        const counts = (global.secretFrames = { all: 0, secret: [] as number[], cards: 0, last: 'none' });
        const canvas = new OffscreenCanvas(160, 100);
        const context = canvas.getContext('2d', { willReadFrequently: true });
        if (!context) throw new Error('no canvas');
        const look = (picture: VideoFrame): string => {
            context.drawImage(picture, 0, 0, 160, 100);
            const { data } = context.getImageData(0, 0, 160, 100);
            let [secret, ground] = [0, 0];
            for (let at = 0; at < data.length; at += 4) {
                const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3);
                if (r > g + 60 && b > g + 60) secret++;
                if (Math.max(r, g, b) < 64) ground++; // the window is light
            }
            // Some px of the window have the colour of plain text, too.
            if (secret > 200) return 'secret';
            return ground > 12_000 ? 'card' : 'clear';
        };
        const follow = async (track: MediaStreamTrack): Promise<void> => {
            const reader = new global.MediaStreamTrackProcessor({ track, maxBufferSize: 100 }).readable.getReader();
            for (let next = await reader.read(); !next.done; next = await reader.read()) {
                counts.all++;
                counts.last = look(next.value);
                if (counts.last === 'secret') counts.secret.push(Date.now());
                if (counts.last === 'card') counts.cards++;
                next.value.close();
            }
        };
        const followed = new Set<string>();
        const find = (): void => {
            for (const { srcObject } of document.querySelectorAll('video')) {
                const track = srcObject instanceof MediaStream ? srcObject.getVideoTracks()[0] : undefined;
                if (!track || followed.has(track.id)) continue;
                followed.add(track.id);
                void follow(track.clone());
            }
        };
        find();
        setInterval(find, 50);
    });
}

export function secretFrames(frame: Frame): Promise<SecretFrames> {
    return frame.evaluate(() => {
        const { secretFrames: counts } = globalThis as unknown as { secretFrames: SecretFrames };
        return { ...counts, secret: [...counts.secret] };
    });
}

/** Ways to open an editor with a secret, by name. Each ends when the file is open. */
export const WAYS: Readonly<Record<string, (person: Person) => Promise<void>>> = {
    'quick open': (person) => quickOpen(person, '.env', 'Enter'),
    'to the side': async (person) => {
        await quickOpen(person, 'plain.txt', 'Enter');
        await quickOpen(person, '.env', 'Control+Enter');
    },
    'a diff, as its other side': async ({ workbench, ...person }) => {
        await quickOpen({ workbench, ...person }, 'plain.txt', 'Enter');
        await workbench.command('File: Compare Active File With...');
        await workbench.quickInput.locator('input').fill('.env');
        await workbench.quickInput.locator('.monaco-list-row', { hasText: '.env' }).first().click();
        await workbench.tab(/plain\.txt ↔ \.env/u).waitFor();
    },
    'a notebook': (person) => quickOpen(person, 'secrets.ipynb', 'Enter'),
    'a picture, in a custom editor': (person) => quickOpen(person, 'secrets.png', 'Enter'),
    'a link with a plain name': (person) => quickOpen(person, 'notes.txt', 'Enter'),
    'a tab that was behind another': async (person) => {
        await quickOpen(person, '.env', 'Enter');
        await quickOpen(person, 'other.ts', 'Enter');
        await person.workbench.tab('.env').click();
    },
    'a preview from the explorer': async ({ workbench }) => {
        await workbench.command('Explorer: Focus on Folders View');
        await workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: '.env' }).first().click();
        await workbench.tab('.env').waitFor();
    },
};

/** Opens a file of the workspace with VS Code's quick open. `key`: how its row is chosen. */
export async function quickOpen({ workbench }: Pick<Person, 'workbench'>, name: string, key: string): Promise<void> {
    const { page } = workbench;
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+p');
    await workbench.quickInput.locator('input').fill(name);
    // The list changes while VS Code searches, and the key takes the row in focus.
    const row = page.locator('.quick-input-list .monaco-list-row.focused');
    await row.and(page.locator(`[aria-label^="${name},"], [aria-label="${name}"]`)).waitFor();
    await page.keyboard.press(key);
    await workbench.tab(name).waitFor();
}

export async function closeEditors({ workbench }: Person): Promise<void> {
    await workbench.command('View: Close All Editors');
    await workbench.page.locator('.editor-group-container .tab').first().waitFor({ state: 'detached' });
}
