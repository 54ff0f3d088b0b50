/** Several accounts in one VS Code: one is created, one comes through single sign-on, devices are managed, accounts switched. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import { login, request } from '../stack/accounts.ts';
import { solveCaptcha, startCaptchaJudge, type CaptchaJudge } from '../stack/captchaJudge.ts';
import { startMailbox, type Mailbox } from '../stack/mailbox.ts';
import { freePorts } from '../stack/net.ts';
import { startOidcProvider, type OidcProvider } from '../stack/oidcProvider.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { confirmedMail, singleSignOn, ssoClient, terms } from '../stack/synapseParts.ts';
import { startOAuthHomeserver, type OAuthHomeserver } from '../integration/support/oauthHomeserver.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { ready } from './support/flows.ts';
import { openPerson, type Person } from './support/person.ts';
import { PATIENCE } from './support/workbench.ts';
import { sharedWorld } from './support/world.ts';

const NAME = 'newcomer';
const PASSWORD = 'Correct-horse-7';
const TOKEN = 'let-me-in';

describe('several accounts in one VS Code', function () {
    this.timeout(120_000);
    stopAtFirstFailure();
    let synapse: Synapse;
    let provider: OidcProvider;
    let mailbox: Mailbox;
    let captcha: CaptchaJudge;
    let oauthServer: OidcProvider;
    let delegating: OAuthHomeserver;
    let person: Person;
    before(async () => {
        const [port = 0] = await freePorts(1);
        provider = await startOidcProvider({ clients: [ssoClient(port)] });
        [mailbox, captcha] = await Promise.all([startMailbox(), startCaptchaJudge()]);
        const [world, homeserver] = await Promise.all([
            sharedWorld(),
            startSynapse({ port, config: { ...(await configOf(provider, mailbox)), ...captcha.config } }),
        ]);
        synapse = homeserver;
        oauthServer = await startOidcProvider({ accessTokenSeconds: 3 });
        delegating = await startOAuthHomeserver(oauthServer, { behind: synapse });
        const admin = await synapse.createAccount('root', { admin: true });
        const { accessToken } = await login(synapse.baseUrl, admin);
        const url = `${synapse.baseUrl}/_synapse/admin/v1/registration_tokens/new`;
        await request(url, { token: TOKEN, uses_allowed: 1 }, accessToken);
        person = await openPerson({ vsix: world.vsix, env: world.env, workspace: 'accounts' });
    });
    afterEach(picturesOfFailure(() => ({ person })));
    after(async () => {
        await person?.stop();
        await delegating?.stop();
        await oauthServer?.stop();
        await synapse?.stop();
        await provider?.stop();
        await mailbox?.stop();
        captcha?.stop();
    });

    it('an account is made: name and password are judged where they are typed, then token, captcha, terms and mail', async () => {
        const { workbench, context } = person;
        const { page } = workbench;
        await workbench.command('Hush: Create Account…');
        await workbench.answer(/hold your account/u, synapse.baseUrl);
        await workbench.asking('With a name and a password').waitFor();
        await workbench.pick('With a name and a password');
        await workbench.asking('Your user name on').waitFor();
        await workbench.quickInput.locator('input').fill('root'); // without Enter: while typing
        await workbench.asking('Somebody has this name already').waitFor();
        await keepPicture(person, 'create-account-name');
        await workbench.answer('Create Account (1/3)', NAME);
        await workbench.answer(/A new password/u, 'short1A');
        await workbench.asking(/The server says.*12/u).waitFor();
        await keepPicture(person, 'create-account-password');
        await workbench.answer(/The server says/u, PASSWORD);
        await workbench.answer(/once more/u, 'something else');
        await workbench.asking('not what you typed').waitFor();
        await workbench.answer('not what you typed', PASSWORD);
        await workbench.answer(/registration token/u, 'wrong');
        await workbench.asking(/Invalid registration token/u).waitFor();
        const captchaPage = context.waitForEvent('page');
        await workbench.answer(/Invalid registration token/u, TOKEN);
        const asked = await captchaPage;
        await asked.waitForURL(/recaptcha/u);
        await workbench.asking('Open the page again').waitFor();
        await keepPicture(person, 'create-account-captcha');
        await solveCaptcha(asked.url().replace('hush.localhost', '127.0.0.1'), 'person');
        await asked.close();
        await workbench.asking('Read: House Rules').waitFor();
        await keepPicture(person, 'create-account-terms');
        const opened = context.waitForEvent('page');
        await workbench.pick('Read: House Rules');
        const rules = await opened;
        await rules.getByText('Be kind').waitFor();
        await rules.close();
        await workbench.answer('Read: House Rules', 'I accept'); // typed: VS Code's tip over the link is in the pointer's way
        await workbench.answer('e-mail address of yours', 'newcomer@example.org');
        await workbench.asking('Send it again').waitFor();
        await keepPicture(person, 'create-account-mail');
        await (await fetch(await mailbox.link('newcomer@example.org'))).text();
        await ready(workbench);
        assert.equal(await page.locator('.notification-toast', { hasText: 'Show Log' }).count(), 0);
    });

    it('devices are listed with what is known of them, renamed, and removed with the password', async () => {
        const { workbench } = person;
        const userId = `@${NAME}:${synapse.serverName}`;
        const other = await login(synapse.baseUrl, { userId, password: PASSWORD });
        await request(`${synapse.baseUrl}/_matrix/client/v3/account/whoami`, undefined, other.accessToken);
        await workbench.command('Hush: Manage Devices…');
        await workbench.asking('this device').waitFor();
        await workbench.asking(/Hush test.*no encryption.*last seen.*127\.0\.0\.1/su).waitFor();
        await keepPicture(person, 'manage-devices');
        await workbench.pick('Hush test');
        await workbench.pick('Rename…');
        await workbench.answer('Everybody you share a room with', 'The old laptop');
        await workbench.asking('The old laptop').waitFor();
        await workbench.pick('The old laptop');
        await workbench.pick('Remove…');
        await keepPicture(person, 'manage-devices-remove');
        await workbench.page.getByRole('button', { name: 'Remove', exact: true }).click();
        await workbench.answer('to show that it is you', 'wrong');
        await workbench.asking(/Invalid username or password/u).waitFor();
        await workbench.answer(/Invalid username or password/u, PASSWORD);
        await workbench.asking('this device').waitFor();
        assert.equal(await workbench.asking('The old laptop').count(), 0);
        await workbench.page.keyboard.press('Escape');
        await assert.rejects(
            request(`${synapse.baseUrl}/_matrix/client/v3/account/whoami`, undefined, other.accessToken),
            /M_UNKNOWN_TOKEN/u,
        );
    });

    it('a second account comes through single sign-on in the browser', async () => {
        const { workbench, context } = person;
        await workbench.command('Hush: Switch Account…');
        await workbench.asking('Create an account').waitFor();
        await keepPicture(person, 'switch-account');
        await workbench.pick('Sign in with another account');
        await workbench.answer(/user ID, or the name/u, synapse.baseUrl);
        await workbench.asking('The Company').waitFor();
        await keepPicture(person, 'sign-in-ways');
        const opened = context.waitForEvent('page');
        await workbench.pick('The Company');
        await throughProvider(await opened, 'carol');
        await accountIs(person, `@carol:${synapse.serverName}`);
    });

    it('switching back finds the same device and keys; the Accounts menu shows both', async () => {
        const { workbench } = person;
        const { page } = workbench;
        const userId = `@${NAME}:${synapse.serverName}`;
        const before = await devicesOf(synapse, userId);
        await workbench.command('Hush: Switch Account…');
        await workbench.asking(/@carol:.*active/su).waitFor();
        await workbench.pick(userId);
        await accountIs(person, userId);
        assert.deepEqual(await devicesOf(synapse, userId), before);
        await page.locator('.activitybar').getByRole('button', { name: 'Accounts' }).click();
        for (const who of [userId, `@carol:${synapse.serverName}`])
            await page.locator('.monaco-menu', { hasText: `${who} (Hush)` }).waitFor();
        await keepPicture(person, 'accounts-menu-two');
        await page.keyboard.press('Escape');
    });

    it('OAuth 2.0 in the browser, with tokens that live for seconds; devices are the business of a web page', async () => {
        const { workbench, context } = person;
        await workbench.command('Hush: Switch Account…');
        await workbench.pick('Sign in with another account');
        await workbench.answer(/user ID, or the name/u, delegating.baseUrl);
        await workbench.asking('In the browser').waitFor();
        await keepPicture(person, 'sign-in-oauth');
        const opened = context.waitForEvent('page');
        await workbench.pick('In the browser');
        await atOAuthServer(await opened, 'dora');
        await accountIs(person, `@dora:${synapse.serverName}`);
        // Each list is asked for with a token that is still alive.
        do {
            await workbench.page.keyboard.press('Escape');
            await workbench.command('Hush: Manage Devices…');
            await workbench.asking('this device').waitFor();
        } while (delegating.tokensSeen.size < 3);
        await workbench.quickInput.locator('.monaco-list-row').nth(1).click();
        await workbench.pick('Remove…');
        await workbench.seeNotification('removes devices on its own web page');
        await keepPicture(person, 'devices-on-web-page');
        await workbench.clearNotifications();
        await workbench.command('Hush: Sign Out');
        await workbench.page.getByRole('button', { name: 'Sign Out', exact: true }).click();
        await workbench.sidebar('Other accounts are signed in on this machine').waitFor();
    });

    it('OAuth 2.0 with a code that is typed in another browser', async () => {
        const { workbench, browser } = person;
        await workbench.command('Hush: Sign In…');
        await workbench.answer(/user ID, or the name/u, delegating.baseUrl);
        await workbench.pick('With a code');
        const said = await workbench.seeNotification('type the code');
        await keepPicture(person, 'sign-in-code');
        const [, address = '', code = ''] = /Open (\S+) .*type the code ([\w-]+)/u.exec(await said.innerText()) ?? [];
        const elsewhere = await browser.newContext();
        const page = await elsewhere.newPage();
        await page.goto(address);
        await page.locator('input[name=user_code]').fill(code);
        await page.getByRole('button').first().click();
        await page.getByRole('button', { name: /continue/iu }).click();
        await atOAuthServer(page, 'dora', /Sign-in Success/iu);
        await elsewhere.close();
        await accountIs(person, `@dora:${synapse.serverName}`);
        await workbench.command('Hush: Switch Account…');
        await workbench.pick(`@${NAME}:`);
        await accountIs(person, `@${NAME}:${synapse.serverName}`);
    });

    it('signing out says what would be lost, and leaves the other account known', async () => {
        const { workbench } = person;
        const { page } = workbench;
        await workbench.command('Hush: Sign Out Everywhere');
        const question = workbench.dialog('Every device and every Matrix client');
        await question.getByText('There is no backup of your encryption keys').waitFor();
        await question.getByRole('button', { name: 'Set Up Recovery…' }).waitFor();
        await keepPicture(person, 'sign-out-everywhere');
        await page.getByRole('button', { name: 'Sign Out Everywhere', exact: true }).click();
        await workbench.sidebar('Other accounts are signed in on this machine').waitFor();
        await keepPicture(person, 'signed-out-other-accounts');
        assert.deepEqual(await devicesOf(synapse, `@${NAME}:${synapse.serverName}`), []);
        await workbench.command('Hush: Switch Account…');
        await workbench.pick('@carol:');
        await ready(workbench);
    });
});

async function configOf(provider: OidcProvider, mailbox: Mailbox): Promise<Record<string, unknown>> {
    return {
        enable_registration: true,
        registration_requires_token: true,
        password_config: { policy: { enabled: true, minimum_length: 12 } },
        ...confirmedMail(mailbox),
        ...(await terms()),
        ...singleSignOn(provider),
    };
}

/** The provider's pages, then the homeserver's question whether Hush may have the account. */
async function throughProvider(page: Page, who: string): Promise<void> {
    await page.locator('input[name=login]').fill(who);
    await page.locator('input[name=password]').fill('any');
    await page.getByRole('button').first().click();
    await page.getByRole('button', { name: /continue/iu }).click();
    // A new person: Synapse has its terms accepted here.
    await page.locator('input[type=checkbox]').check();
    await page.locator('[type=submit]').click();
    await page.locator('a[href*="/signed-in"]').click();
    await page.getByText('go back to VS Code').waitFor();
    assert.ok(!page.url().includes('loginToken'));
    await page.close();
}

/** The OAuth server's pages: who it is, and that Hush may. */
async function atOAuthServer(page: Page, who: string, end = /go back to VS Code/u): Promise<void> {
    await page.locator('input[name=login]').fill(who);
    await page.locator('input[name=password]').fill('any');
    await page.getByRole('button').first().click();
    await page.getByRole('button', { name: /continue/iu }).click();
    await page.getByText(end).first().waitFor();
    await page.close();
}

/** Asked until it is so: the account that was active before stays in view until the other one is opened. */
async function accountIs({ workbench }: Person, userId: string): Promise<void> {
    const active = workbench.asking(new RegExp(`${userId.replaceAll('.', '\\.')}\\s*active`, 'u'));
    const deadline = Date.now() + PATIENCE;
    for (;;) {
        await workbench.command('Hush: Switch Account…');
        try {
            await active.waitFor({ timeout: 3_000 });
            break;
        } catch (error) {
            if (Date.now() > deadline) throw error;
        } finally {
            await workbench.page.keyboard.press('Escape');
        }
    }
    await workbench.clearNotifications();
    await ready(workbench);
}

/** Names are enough: each sign-in has its own. */
async function devicesOf(synapse: Synapse, userId: string): Promise<string[]> {
    const name = `watch${Date.now().toString(36)}`;
    const admin = await synapse.createAccount(name, { admin: true });
    const { accessToken } = await login(synapse.baseUrl, admin);
    const url = `${synapse.baseUrl}/_synapse/admin/v2/users/${encodeURIComponent(userId)}/devices`;
    const { devices } = await request(url, undefined, accessToken);
    return (devices as { device_id: string }[]).map(({ device_id: id }) => id).toSorted();
}
