/** Which addresses the authoriser asks: it must not be sent to its own machine or network (server-side request forgery). */
import ipaddr from 'ipaddr.js';

/** Whether an address is one of the internet's, and not of this machine, of a private network, or a mapping to such a one. */
export function isPublicAddress(address: string): boolean {
    return ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unicast';
}
