/** Alice and Bob in one session, each signed in at their own VS Code. */
import { startEditorPage, type EditorPage } from '../../stack/editorPage.ts';
import type { Account } from '../../stack/accounts.ts';
import { keepLog } from './failure.ts';
import { acceptInvite, invite, signIn, startSession } from './flows.ts';
import { openPerson, type Person, type PersonOptions } from './person.ts';
import type { Synapse } from '../../stack/synapse.ts';
import { sharedWorld, type World } from './world.ts';

export type Homeserver = Pick<Synapse, 'baseUrl' | 'createAccount'>;

/** Size of the page that Alice shares, px. */
export const SHARED = { width: 1280, height: 720 };

export interface Pair {
    readonly world: World;
    readonly alice: Person;
    readonly bob: Person;
    readonly accounts: { readonly alice: Account; readonly bob: Account };
    readonly room: string;
    readonly editor: EditorPage;
    stop(): Promise<void>;
}

let counter = 0;

/**
 * Takes about 25 s: two VS Codes, two sign-ins, one accepted invitation. By default shares use LiveKit even for one
 * viewer; otherwise Hush would serve one viewer directly. `homeservers`: of Alice and Bob, instead of the world's. `folder`: what both have in their folders.
 */
export async function openPair(
    transport: 'auto' | 'mesh' | 'livekit' = 'livekit',
    homeservers?: readonly [Homeserver, Homeserver],
    folder?: Pick<PersonOptions, 'files' | 'prepare'>,
): Promise<Pair> {
    const world = await sharedWorld();
    const { stack, vsix, env } = world;
    const [hers, his] = homeservers ?? [stack, stack];
    const id = `${Date.now().toString(36)}${++counter}`;
    const room = `pair-${id}`;
    const [aliceAccount, bobAccount] = await Promise.all([
        hers.createAccount(`alice-${id}`, { displayName: `Alice ${id}` }),
        his.createAccount(`bob-${id}`, { displayName: `Bob ${id}` }),
    ]);
    const editor = await startEditorPage();
    const settings = { 'hush.transport': transport };
    const [alice, bob] = await Promise.all([
        openPerson({ vsix, env, ...folder, workspace: room, settings, capture: { tab: editor.title } }),
        openPerson({ vsix, env, ...folder, workspace: room, settings }),
    ]);
    const shared = await alice.context.newPage();
    await shared.setViewportSize(SHARED);
    await shared.goto(editor.url);
    await alice.workbench.page.bringToFront();
    await signIn(alice.workbench, {
        homeserver: hers.baseUrl,
        user: aliceAccount.userId,
        password: aliceAccount.password,
    });
    await signIn(bob.workbench, { homeserver: his.baseUrl, user: bobAccount.userId, password: bobAccount.password });
    await startSession(alice.workbench, room);
    await invite(alice.workbench, bobAccount.userId);
    await acceptInvite(bob.workbench, room);
    return {
        world,
        alice,
        bob,
        accounts: { alice: aliceAccount, bob: bobAccount },
        room,
        editor,
        async stop() {
            await keepLog(alice, `${room}-alice`);
            await keepLog(bob, `${room}-bob`);
            await alice.stop();
            await bob.stop();
            await editor.stop();
        },
    };
}
