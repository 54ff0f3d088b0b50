/**
 * Watches whether the window of this extension host still answers. If the window's renderer crashes or the connection
 * to it is lost, the host lives on. It can then neither read secrets nor tell the person anything, so it should not
 * hold the account.
 */
import type { Disposable } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import { createPulse, type PulseOptions } from './pulse.ts';

export interface OwnWindow extends Disposable {
    /** The window has not answered for a while. */
    readonly silent: boolean;
    onSilent(listener: () => void): Disposable;
}
export interface OwnWindowOptions extends Pick<PulseOptions, 'ping' | 'everyMs' | 'withinMs'> {
    readonly log: Log;
}

/** `ping` asks the window for something harmless. It is repeated until the result is disposed. */
export function createOwnWindow({ log, ...options }: OwnWindowOptions): OwnWindow {
    const fellSilent = new Listeners<[]>();
    let silent = false;
    const pulse = createPulse({
        ...options,
        onSilent() {
            silent = true;
            log.warn('The window of this extension host does not answer');
            fellSilent.emit();
        },
        onBack() {
            silent = false;
            log.info('The window of this extension host answers again');
        },
    });
    return {
        get silent() {
            return silent;
        },
        onSilent: fellSilent.add,
        dispose: () => pulse.stop(),
    };
}
