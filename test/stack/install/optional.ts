import type { Progress } from '../progress.ts';
import { ensureDebianProgram, type Found } from './debian.ts';

/** The TURN relay for the mesh's relayed paths. Optional. */
export function ensureCoturn(progress: Progress): Promise<Found> {
    return ensureDebianProgram(progress, { title: 'coturn', programs: ['turnserver'], packages: ['coturn'] });
}

export interface KeyringPrograms {
    readonly daemon: string;
    readonly dbus: string;
}

/** A real keychain on Linux: gnome-keyring on its own session bus. Optional: returns a reason if there is none. */
export async function ensureKeyring(progress: Progress): Promise<KeyringPrograms | { readonly reason: string }> {
    const daemon = await ensureDebianProgram(progress, {
        title: 'gnome-keyring',
        programs: ['gnome-keyring-daemon'],
        packages: ['gnome-keyring', 'dbus-x11', 'libsecret-1-0'],
    });
    if (daemon.path === undefined) return { reason: daemon.reason };
    const dbus = await ensureDebianProgram(progress, { title: 'D-Bus', programs: ['dbus-daemon'], packages: ['dbus'] });
    if (dbus.path === undefined) return { reason: dbus.reason };
    return { daemon: daemon.path, dbus: dbus.path };
}
