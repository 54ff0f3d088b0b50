/**
 * Carries out the call machine's decisions: sends events and requests to devices, sends orders to pages, tells
 * listeners.
 */
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import type { ForeignCall } from '../../core/session/callsPort.ts';
import type { HostMessage } from '../../core/share/mediaMessages.ts';
import type { StreamPurposes } from './callEvents.ts';
import type { CallRequests } from './callRequests.ts';
import type { CallsEffect, PageAddress } from './callState.ts';
import { createPageOrders, type PageOrdersOptions } from './pageOrders.ts';
import type { CallSignalling } from './signalling.ts';

export interface CallEffectsOptions extends Omit<PageOrdersOptions, 'toPage'> {
    readonly signalling: Pick<CallSignalling, 'send'>;
    readonly requests: Pick<CallRequests, 'send'>;
    readonly log: Log;
}

interface Offer {
    readonly sdp: string;
    readonly streams: StreamPurposes;
}

export interface CallEffects {
    readonly pageMessages: Listeners<[pageId: string, generation: number, message: HostMessage]>;
    readonly foreignCalls: Listeners<[ForeignCall]>;
    readonly givenUp: Listeners<[pageId: string, generation: number]>;
    run(effect: CallsEffect): void;
    toPage(page: PageAddress, message: HostMessage): void;
    /** The offer of a ringing call, until it is accepted or ends. */
    offer(callId: string): Offer | undefined;
    /** Resolves when every event was sent, or after `ms`. */
    sent(ms: number): Promise<void>;
}

export function createCallEffects(options: CallEffectsOptions): CallEffects {
    const { signalling, requests, log } = options;
    const pageMessages = new Listeners<[string, number, HostMessage]>();
    const foreignCalls = new Listeners<[ForeignCall]>();
    const givenUp = new Listeners<[string, number]>();
    const offers = new Map<string, Offer>();
    const sending = new Set<Promise<void>>();
    const toPage = (page: PageAddress, message: HostMessage): void =>
        pageMessages.emit(page.pageId, page.generation, message);
    const order = createPageOrders({ ...options, toPage });

    const send = ({ roomId, event }: Extract<CallsEffect, { type: 'send' }>): void => {
        const sent = signalling
            .send(roomId, event)
            .catch((error: unknown) => log.warn(`m.call ${event.kind} was not sent`, error))
            .finally(() => sending.delete(sent));
        sending.add(sent);
    };
    const ask = ({ roomId, shareId, to, callId }: Extract<CallsEffect, { type: 'ask' }>): void => {
        requests
            .send(roomId, shareId, to, callId)
            .catch((error: unknown) => log.warn('Asking for the share did not work', error));
    };

    return {
        pageMessages,
        foreignCalls,
        givenUp,
        toPage,
        offer: (callId) => offers.get(callId),
        run(effect) {
            switch (effect.type) {
                case 'send':
                    return send(effect);
                case 'ask':
                    return ask(effect);
                case 'page':
                    return order(effect.page, effect.order);
                case 'ring': {
                    const { callId, incoming, sdp, streams } = effect;
                    offers.set(callId, { sdp, streams });
                    return foreignCalls.emit({ kind: 'ring', callId, roomId: incoming.roomId, ...incoming.peer });
                }
                case 'ringOver':
                    offers.delete(effect.callId);
                    return;
                case 'over':
                case 'answered': {
                    const { userId, deviceId = '' } = effect.peer ?? { userId: '' };
                    return foreignCalls.emit({ kind: effect.type, ...effect.page, userId, deviceId });
                }
                case 'gaveUp':
                    return givenUp.emit(effect.page.pageId, effect.page.generation);
                case 'log':
                    log[effect.level](effect.text);
                    return;
            }
        },
        async sent(ms) {
            const { promise, resolve } = Promise.withResolvers<void>();
            const limit = setTimeout(resolve, ms);
            await Promise.race([Promise.all(sending), promise]);
            clearTimeout(limit);
        },
    };
}
