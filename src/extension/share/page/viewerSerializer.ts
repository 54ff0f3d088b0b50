/** Restores viewer tabs after a window reload. */
import * as v from 'valibot';
import { window, type Disposable, type Uri } from 'vscode';
import { storedTarget } from '../../../core/share/mediaMessages.ts';
import type { Log } from '../../../core/base/log.ts';
import type { ViewerTarget } from '../../../core/share/share.ts';
import type { MediaHost } from './mediaHost.ts';
import { tabLink, VIEW_TYPE } from './tabPage.ts';
import type { ViewerMemory } from './viewerMemory.ts';

/**
 * Calls `onRestore` with the target of each tab. The tab says that it waits, until the next `open` of a view with this
 * target. A tab without a usable target closes.
 */
export function registerViewerSerializer(
    mediaHost: Pick<MediaHost, 'adopt'>,
    extensionUri: Uri,
    log: Log,
    memory: Pick<ViewerMemory, 'find'>,
    onRestore: (target: ViewerTarget) => void,
): Disposable {
    return window.registerWebviewPanelSerializer(VIEW_TYPE, {
        async deserializeWebviewPanel(panel, state) {
            const stored = v.safeParse(storedTarget, state);
            const target = stored.success ? stored.output : memory.find(panel.title);
            if (!target) {
                log.warn('closed a restored viewer tab: no stored target');
                panel.dispose();
                return;
            }
            const { roomId, userId, deviceId, shareId } = target;
            mediaHost.adopt(target, tabLink(panel, extensionUri, log, true));
            onRestore({ roomId, userId, deviceId, shareId });
        },
    });
}
