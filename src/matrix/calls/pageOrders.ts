/** The call machine's orders on their way to the pages. Orders to one page keep their order: some wait for ICE servers. */
import { Turns } from '../../core/base/turns.ts';
import type { Log } from '../../core/base/log.ts';
import type { HostMessage } from '../../core/share/mediaMessages.ts';
import type { PageAddress, PageOrder } from './callState.ts';
import type { IceServers } from './iceServers.ts';

export interface PageOrdersOptions {
    readonly iceServers: Pick<IceServers, 'get'>;
    readonly relayOnly: () => boolean;
    readonly toPage: (page: PageAddress, message: HostMessage) => void;
    readonly log: Log;
}

export function createPageOrders(options: PageOrdersOptions): (page: PageAddress, order: PageOrder) => void {
    const turns = new Turns();
    const messageOf = async (order: PageOrder): Promise<HostMessage> => {
        switch (order.type) {
            case 'mesh.open':
            case 'mesh.restart':
            case 'mesh.servers': {
                const { servers, noneUsable } = await options.iceServers.get();
                const iceServers = servers.map((server) => ({ ...server, urls: [...server.urls] }));
                return { ...order, iceServers, noneUsable, relayOnly: options.relayOnly() };
            }
            case 'mesh.candidates':
                return { ...order, candidates: [...order.candidates] };
            case 'mesh.description':
                return { ...order, streams: { ...order.streams } };
            case 'mesh.close':
            case 'mesh.reset':
                return order;
        }
    };
    return (page, order) => {
        turns
            .take(page.pageId, async () => options.toPage(page, await messageOf(order)))
            .catch((error: unknown) => options.log.error(`${order.type} did not reach its page`, error));
    };
}
