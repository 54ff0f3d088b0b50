/**
 * Runs the bench again in a network namespace of its own, where a part of all UDP packets is lost. Linux only, as root,
 * with `unshare`, `ip` and `iptables`.
 */
import { spawn, spawnSync } from 'node:child_process';

/** A pair of interfaces that is up: without one, ICE finds no address in the namespace. */
const SETUP = [
    'ip link set lo up',
    'ip link add hush0 type veth peer name hush1',
    'ip addr add 10.9.0.1/24 dev hush0',
    'ip link set hush0 up',
    'ip link set hush1 up',
    // Browsers hide their addresses behind names that multicast DNS resolves.
    'ip route add default dev hush0',
];

/** Resolves with the exit code. Rejects with one sentence if this machine cannot do it. */
export async function runWithLoss(percent: number, command: readonly string[]): Promise<number> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
        throw new Error('Packet loss needs Linux and root, because it is made in a network namespace.');
    for (const tool of ['unshare', 'ip', 'iptables'])
        if (spawnSync('which', [tool]).status !== 0)
            throw new Error(`Packet loss needs the program ${tool}. Install it and try again.`);
    const lose = `iptables -A INPUT -i lo -p udp -m statistic --mode random --probability ${percent / 100} -j DROP`;
    const script = [...SETUP, lose, 'exec "$@"'].join(' && ');
    const child = spawn('unshare', ['-n', '--', 'sh', '-c', script, 'sh', ...command], { stdio: 'inherit' });
    return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code) => resolve(code ?? 1));
    });
}
