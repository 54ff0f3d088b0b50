/**
 * Reads the data of a server or a stranger as far as Hush understands it. A field of a wrong type, or an unknown entry
 * of a list, does not spoil the rest. Fields that Hush needs are required as usual. Pure.
 */
import * as v from 'valibot';

/** A field that counts as absent if it has a wrong type. */
export function optional<T extends v.GenericSchema>(schema: T) {
    return v.fallback(v.optional(schema), undefined);
}

/** A list without the entries that are not understood. It must be a list. */
export function entriesOf<T extends v.GenericSchema>(schema: T) {
    return v.pipe(
        v.array(v.unknown()),
        v.transform((entries) =>
            entries.flatMap((entry): v.InferOutput<T>[] => {
                const parsed = v.safeParse(schema, entry);
                return parsed.success ? [parsed.output] : [];
            }),
        ),
    );
}

/** An object without the fields that are not understood. It must be an object. */
export function fieldsOf<T extends v.GenericSchema>(schema: T) {
    return v.pipe(
        v.record(v.string(), v.unknown()),
        v.transform((fields) => {
            const understood = Object.entries(fields).flatMap(([name, value]): [string, v.InferOutput<T>][] => {
                const parsed = v.safeParse(schema, value);
                return parsed.success ? [[name, parsed.output]] : [];
            });
            return Object.fromEntries(understood) as Record<string, v.InferOutput<T>>;
        }),
    );
}
