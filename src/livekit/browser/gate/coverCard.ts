/** The still card that viewers see in place of the screen. It has nothing of the screen, and no file name. */
import type { Cover } from '../../../core/share/mediaMessages.ts';

const WORDS: Readonly<Record<Cover, readonly [title: string, line: string]>> = {
    paused: ['Paused', 'The sharer has paused. The picture comes back by itself.'],
    shielded: ['Hidden by Secret Shield', 'A file with secrets is open. The picture comes back by itself.'],
};
/** Readable beside every theme of VS Code; the picture does not know the viewer's. */
const [GROUND, TITLE, LINE, MARK] = ['#1f1f24', '#ffffff', '#c8c8d0', '#8ab4f8'];

export function drawCard(canvas: OffscreenCanvas, cover: Cover, width: number, height: number): void {
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    const unit = Math.max(8, Math.min(width / 40, height / 22));
    const [title, line] = WORDS[cover];
    context.fillStyle = GROUND;
    context.fillRect(0, 0, width, height);
    context.translate(width / 2, height / 2);
    drawMark(context, cover, unit);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = TITLE;
    context.font = `600 ${unit * 1.6}px system-ui, sans-serif`;
    context.fillText(title, 0, unit * 1.4, width * 0.92);
    context.fillStyle = LINE;
    context.font = `${unit * 0.85}px system-ui, sans-serif`;
    context.fillText(line, 0, unit * 3.3, width * 0.92);
}

/** Two bars, or a shield. */
function drawMark(context: OffscreenCanvasRenderingContext2D, cover: Cover, unit: number): void {
    context.fillStyle = MARK;
    if (cover === 'paused') {
        context.fillRect(-unit * 1.1, -unit * 3.6, unit * 0.8, unit * 3);
        context.fillRect(unit * 0.3, -unit * 3.6, unit * 0.8, unit * 3);
        return;
    }
    context.beginPath();
    context.moveTo(0, -unit * 4);
    context.lineTo(unit * 1.4, -unit * 3.4);
    context.lineTo(unit * 1.4, -unit * 2.2);
    context.quadraticCurveTo(unit * 1.3, -unit * 1, 0, -unit * 0.4);
    context.quadraticCurveTo(-unit * 1.3, -unit * 1, -unit * 1.4, -unit * 2.2);
    context.lineTo(-unit * 1.4, -unit * 3.4);
    context.closePath();
    context.fill();
}
