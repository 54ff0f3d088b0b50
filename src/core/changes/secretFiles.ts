/** Files whose content is likely a secret. Their names are in the question before changes are sent. Pure. */

const SECRET = [
    /^\.env(?:\..+)?$/u,
    /\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg)$/u,
    /^id_(?:rsa|dsa|ecdsa|ed25519)$/u,
    /^(?:\.npmrc|\.pypirc|\.netrc|_netrc|\.pgpass|\.git-credentials|\.htpasswd|\.dockercfg)$/u,
    /^(?:credentials|secrets?)(?:\..+)?$/u,
    /\.tfstate$/u,
    /^service-account.*\.json$/u,
];
/** They show which names are needed, without the values. */
const EXAMPLE = /\.(?:example|sample|template|dist)$/u;

export function isSecretFile(path: string): boolean {
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    return !EXAMPLE.test(name) && SECRET.some((pattern) => pattern.test(name));
}
