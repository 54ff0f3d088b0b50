/** Whether two plain objects have the same fields with the same values. A missing field is as good as undefined. */
export function sameFields<T extends object>(a: T, b: T): boolean {
    const names = Object.keys({ ...a, ...b }) as (keyof T)[];
    return names.every((name) => a[name] === b[name]);
}
