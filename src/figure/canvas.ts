// A scene on a canvas: for what changes while people look at it.
import { dashPattern, type Label, type Mark, markOutline, type Palette, type Scene } from './scene.ts';

/** The part of CanvasRenderingContext2D that is used; written out because the pure core knows no DOM. */
export interface Canvas2D {
  fillStyle: unknown;
  strokeStyle: unknown;
  lineWidth: number;
  lineJoin: string;
  font: string;
  textAlign: string;
  textBaseline: string;
  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  fill(): void;
  stroke(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  clearRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  setLineDash(pattern: number[]): void;
}

/**
 * Draws a scene; the caller has set size and scale of the canvas.
 *
 * @param font family list, for instance `'Pretendard Variable', sans-serif`
 */
export function drawScene(context: Canvas2D, scene: Scene, palette: Palette, font: string): void {
  context.clearRect(0, 0, scene.width, scene.height);
  context.lineJoin = 'round';
  for (const item of scene.items) {
    context.setLineDash([]);
    switch (item.kind) {
      case 'line':
        begin(context, palette[item.role], item.width, item.dash);
        context.moveTo(item.x1, item.y1);
        context.lineTo(item.x2, item.y2);
        context.stroke();
        break;
      case 'path':
        begin(context, palette[item.role], item.width, item.dash);
        for (const run of item.runs) trace(context, run);
        context.stroke();
        break;
      case 'band':
        context.fillStyle = palette[item.role];
        context.fillRect(item.x, item.y, item.width, item.height);
        break;
      case 'area':
        polygon(context, item.outline, palette[item.role]);
        break;
      case 'mark':
        drawMark(context, item, palette);
        break;
      case 'text':
        drawText(context, item, palette, font);
        break;
    }
  }
}

function drawMark(context: Canvas2D, mark: Mark, palette: Palette): void {
  const { x, y, size, shape } = mark;
  const colour = palette[mark.role];
  if (shape === 'dot') {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  const outline = markOutline(shape, x, y, size);
  if (outline.length > 0) {
    polygon(context, outline, colour);
    return;
  }
  begin(context, colour, 1.5, 'solid');
  if (shape === 'tick') trace(context, [x, y - size, x, y + size]);
  else if (shape === 'cross') {
    trace(context, [x - size, y - size, x + size, y + size]);
    trace(context, [x - size, y + size, x + size, y - size]);
  } else context.arc(x, y, size, 0, 2 * Math.PI);
  context.stroke();
}

function drawText(context: Canvas2D, label: Label, palette: Palette, font: string): void {
  context.fillStyle = palette[label.role];
  context.font = `${label.bold ? '600 ' : ''}${label.size}px ${font}`;
  context.textAlign = label.anchor === 'middle' ? 'center' : label.anchor;
  context.textBaseline = 'alphabetic';
  context.fillText(label.text, label.x, label.y);
}

function begin(context: Canvas2D, colour: string, width: number, dash: 'solid' | 'dashed' | 'dotted'): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash([...dashPattern(dash)]);
  context.beginPath();
}

function trace(context: Canvas2D, run: readonly number[]): void {
  for (let i = 0; i + 1 < run.length; i += 2) {
    const x = run[i] ?? 0;
    const y = run[i + 1] ?? 0;
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
}

function polygon(context: Canvas2D, outline: readonly number[], colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  trace(context, outline);
  context.closePath();
  context.fill();
}
