/** Homeservers that federate with each other on 127.0.0.1, over TLS. Nobody checks their certificate. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSynapse } from './install/synapse.ts';
import { freePorts } from './net.ts';
import { removeAtEnd } from './processes.ts';
import { silentProgress } from './progress.ts';
import { run } from './run.ts';
import { startSynapse, type StartSynapseOptions, type Synapse } from './synapse.ts';

export interface Federation {
    readonly servers: readonly [Synapse, Synapse];
    stop(): Promise<void>;
}

/** Uses the library that Synapse brings along. */
const MAKE_CERTIFICATE = `
import datetime, ipaddress, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, '127.0.0.1')])
now = datetime.datetime.now(datetime.timezone.utc)
certificate = (
    x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    .serial_number(x509.random_serial_number())
    .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
    .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address('127.0.0.1'))]), critical=False)
    .sign(key, hashes.SHA256())
)
open(sys.argv[1], 'wb').write(certificate.public_bytes(serialization.Encoding.PEM))
open(sys.argv[2], 'wb').write(key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
`;

/** Two servers, each with `options`. Rejects as {@link startSynapse} does. */
export async function startFederation(options: StartSynapseOptions = {}): Promise<Federation> {
    const { python } = await ensureSynapse(options.progress ?? silentProgress);
    const folder = await mkdtemp(join(tmpdir(), 'hush-federation-'));
    const remove = removeAtEnd(folder);
    const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
    await run('certificate', python, ['-c', MAKE_CERTIFICATE, certificate, key]);
    const [first = 0, second = 0] = await freePorts(2);
    const start = (port: number): Promise<Synapse> =>
        startSynapse({ ...options, federation: { port, certificate, key } });
    const servers = await Promise.all([start(first), start(second)]);
    return {
        servers,
        async stop() {
            await Promise.all(servers.map((server) => server.stop()));
            await remove();
        },
    };
}
