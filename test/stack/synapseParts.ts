/** Parts of Synapse's configuration that several suites use. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OidcProvider } from './oidcProvider.ts';

const CLIENT = { client_id: 'synapse', client_secret: 'secret-of-synapse' };

/** The homeserver at this port, as a client of {@link singleSignOn}'s provider. */
export const ssoClient = (port: number): Record<string, unknown> => ({
    ...CLIENT,
    redirect_uris: [`http://127.0.0.1:${port}/_synapse/client/oidc/callback`],
});

/** "The Company": single sign-on that makes accounts by its own user names. */
export const singleSignOn = (provider: OidcProvider): Record<string, unknown> => ({
    oidc_providers: [
        {
            ...CLIENT,
            idp_id: 'corp',
            idp_name: 'The Company',
            issuer: provider.issuer,
            scopes: ['openid', 'profile'],
            skip_verification: true,
            user_profile_method: 'userinfo_endpoint',
            user_mapping_provider: {
                config: {
                    localpart_template: '{{ user.preferred_username }}',
                    display_name_template: '{{ user.name }}',
                },
            },
        },
    ],
});

/** "House Rules", which a person must accept to register. */
export async function terms(): Promise<Record<string, unknown>> {
    const templates = await mkdtemp(join(tmpdir(), 'hush-consent-'));
    await mkdir(join(templates, 'en'));
    await writeFile(join(templates, 'en', '1.0.html'), '<h1>Be kind</h1>');
    await writeFile(join(templates, 'en', 'success.html'), 'Thanks');
    return {
        user_consent: {
            template_dir: templates,
            version: '1.0',
            require_at_registration: true,
            policy_name: 'House Rules',
        },
    };
}

/** A person must confirm an e-mail address by a link to register. */
export const confirmedMail = (mailbox: { readonly port: number }): Record<string, unknown> => ({
    registrations_require_3pid: ['email'],
    email: {
        smtp_host: '127.0.0.1',
        smtp_port: mailbox.port,
        enable_tls: false,
        notif_from: 'Hush test <no-reply@example.org>',
    },
});
