/** Fields of what a server or a stranger says. Pure. */
import * as v from 'valibot';

/** One that counts as absent where it has a wrong type: the rest of the object is believed all the same. */
export function optional<T extends v.GenericSchema>(schema: T) {
    return v.fallback(v.optional(schema), undefined);
}
