/**
 * Reads a whole small zip file, for example a VSIX. PKWARE APPNOTE 4.3: end record, central directory, local headers.
 */
import { readFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';

export interface ZipEntry {
    readonly name: string;
    /** Sizes in bytes, packed and unpacked. */
    readonly packed: number;
    readonly size: number;
    content(): Buffer;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;

export async function readZip(file: string): Promise<ZipEntry[]> {
    const zip = await readFile(file);
    let end = zip.length - 22;
    while (end >= 0 && zip.readUInt32LE(end) !== END) end--;
    if (end < 0) throw new Error(`${file} is not a zip file.`);
    const entries: ZipEntry[] = [];
    let at = zip.readUInt32LE(end + 16);
    for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
        if (zip.readUInt32LE(at) !== ENTRY) throw new Error(`${file} has a damaged directory.`);
        const [method, packed, size] = [
            zip.readUInt16LE(at + 10),
            zip.readUInt32LE(at + 20),
            zip.readUInt32LE(at + 24),
        ];
        const [nameLength, extra, comment] = [
            zip.readUInt16LE(at + 28),
            zip.readUInt16LE(at + 30),
            zip.readUInt16LE(at + 32),
        ];
        const local = zip.readUInt32LE(at + 42);
        const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
        const bytes = zip.subarray(data, data + packed);
        const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
        entries.push({ name, packed, size, content: () => (method === 0 ? bytes : inflateRawSync(bytes)) });
        at += 46 + nameLength + extra + comment;
    }
    return entries;
}
