/** Makes a small picture with the browser's own decoder and encoder. */
export interface Small {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly imageType: 'image/webp' | 'image/png';
    readonly width: number;
    readonly height: number;
}

/** In px. Matrix clients use this size for pictures in a conversation. */
const MAX_WIDTH = 800;
const MAX_HEIGHT = 600;
/** In bytes. A picture within this limit and the two above is small enough. */
const SMALL_ENOUGH = 150_000;

/** Returns null if the picture is small enough, cannot be drawn, or did not get smaller. Never rejects. */
export async function shrink(bytes: Uint8Array<ArrayBuffer>, imageType: string): Promise<Small | null> {
    try {
        const bitmap = await createImageBitmap(new Blob([bytes], { type: imageType }));
        const scale = Math.min(1, MAX_WIDTH / bitmap.width, MAX_HEIGHT / bitmap.height);
        if (scale === 1 && bytes.length <= SMALL_ENOUGH) return null;
        const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
        if (!width || !height) return null;
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext('2d');
        if (!context) return null;
        context.imageSmoothingQuality = 'high';
        context.drawImage(bitmap, 0, 0, width, height);
        bitmap.close();
        const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 });
        if (blob.size >= bytes.length) return null;
        const type = blob.type === 'image/webp' ? 'image/webp' : 'image/png'; // a browser without WebP makes PNG
        return { bytes: new Uint8Array(await blob.arrayBuffer()), imageType: type, width, height };
    } catch {
        return null;
    }
}
