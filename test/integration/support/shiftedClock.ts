/** Import it first: this process believes that it is `argv[2]` ms later than it is. */
const off = Number(process.argv[2]);
const Real = Date;
const { now } = Date;

class ShiftedDate extends Real {
    constructor(...args: [] | [number | string | Date]) {
        if (args.length === 0) super(now() + off);
        else super(args[0]);
    }
    static override now(): number {
        return now() + off;
    }
}
globalThis.Date = ShiftedDate as DateConstructor;
