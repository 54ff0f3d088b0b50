/** What a person reads of a server that wants more than others, whose clock is another, or that lies about a device. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { faultOf, type Lie } from '../integration/support/faultRules.ts';
import { startFaultProxy, type FaultProxy } from '../integration/support/faultProxy.ts';
import { login, type Account, type Login } from '../stack/accounts.ts';
import { addDevices } from './support/bareDevices.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { signIn } from './support/flows.ts';
import { untilLogged } from './support/hostLog.ts';
import { openPerson, type Person } from './support/person.ts';
import { sharedWorld, type World } from './support/world.ts';

/** What a server says that takes a first identity from nobody without their password. */
const WANTS_PASSWORD = {
    kind: 'refuse',
    status: 401,
    body: { flows: [{ stages: ['m.login.password'] }], params: {}, session: 'proxy' },
} as const;

describe('a homeserver that is not like the others', function () {
    this.timeout(120_000);
    stopAtFirstFailure();
    let world: World;
    let proxy: FaultProxy;
    let carol: Person;
    let account: Account;
    let mallory: Account & Login & { device: string };

    before(async () => {
        world = await sharedWorld();
        proxy = await startFaultProxy(world.stack.baseUrl);
        const id = Date.now().toString(36);
        account = await world.stack.createAccount(`carol-${id}`, { displayName: 'Carol' });
        const other = await world.stack.createAccount(`mallory-${id}`, { displayName: 'Mallory' });
        const [device = ''] = await addDevices(world.stack.baseUrl, other, 1);
        mallory = { ...other, ...(await login(world.stack.baseUrl, other)), device };
        carol = await openPerson({ vsix: world.vsix, env: world.env, workspace: 'warned' });
    });
    afterEach(picturesOfFailure(() => ({ carol })));
    after(async () => {
        await carol?.stop();
        await proxy?.stop();
    });
    const asMallory = async (method: string, path: string, body: unknown): Promise<Record<string, unknown>> => {
        const answer = await fetch(`${world.stack.baseUrl}/_matrix/client/v3${path}`, {
            method,
            headers: { Authorization: `Bearer ${mallory.accessToken}` },
            body: JSON.stringify(body),
        });
        assert.ok(answer.ok, `${path}: ${answer.status}`);
        return (await answer.json()) as Record<string, unknown>;
    };

    it('that wants the password for a first identity gets it through the notification', async () => {
        const { workbench } = carol;
        proxy.meddle(({ path, body }) =>
            path.includes('/keys/device_signing/upload') && !body.includes('m.login.password')
                ? WANTS_PASSWORD
                : undefined,
        );
        await signIn(workbench, { homeserver: proxy.url, user: account.userId, password: account.password });
        await workbench.clickNotification(/wants your password once before your account gets an encryption/u, 'Set Up');
        await workbench.answer('Your Account’s Password', account.password);
        await workbench.asking('Recovery key and passphrase').waitFor();
        await workbench.page.keyboard.press('Escape');
        await untilLogged(carol.server, /This device is trusted in its person's identity/u);
        proxy.meddle(undefined);
    });

    it('whose clock is wrong by a day is named, with what does not work', async () => {
        proxy.setClockBehind(86_400_000);
        await carol.workbench.page.reload(); // it asks the server, and not only when the long poll ends
        await carol.workbench.seeNotification(/clock of this computer is 24 hours ahead of your homeserver’s/u);
        await keepPicture(carol, 'clock-wrong');
        proxy.setClockBehind(0);
    });

    it('whose lies about devices are seen: each is named, with what Hush makes of it', async () => {
        const algorithm = 'm.megolm.v1.aes-sha2';
        await asMallory('POST', '/createRoom', {
            name: 'Trap',
            invite: [account.userId],
            initial_state: [{ type: 'm.room.encryption', state_key: '', content: { algorithm } }],
        });
        const asked = proxy.until((seen) =>
            seen.some(({ path, body }) => path.includes('/keys/query') && body.includes(mallory.userId)),
        );
        await carol.workbench.clickNotification(/invites you to Trap/u, 'Join');
        await carol.workbench.row('Trap').waitFor();
        await asked; // so that the honest key is known
        for (const [name, sentence] of [
            ['otherKey', /Another key came for the device/u],
            ['wrongSignature', /that this device has not signed/u],
            ['foreignUser', /device of somebody else/u],
        ] as const satisfies readonly (readonly [Lie, RegExp])[]) {
            const how = { name, userId: mallory.userId, deviceId: mallory.device };
            proxy.meddle(faultOf([{ path: '/keys/query', fault: { kind: 'change', how } }]));
            await asMallory('PUT', `/devices/${mallory.device}`, { display_name: name }); // so that it is asked for
            const warning = await carol.workbench.seeNotification(sentence);
            assert.match((await warning.textContent()) ?? '', /Nothing was sent to the forged device/u);
            await keepPicture(carol, `server-lies-${name}`);
        }
        proxy.meddle(undefined);
    });
});
