// A scene as SVG text: for small figures on screen, for print and for reports. No style attributes: a strict CSP stays content.
import { dashPattern, type Mark, markOutline, type Palette, type Primitive, type Role, type Scene } from './scene.ts';

export interface SvgOptions {
  /** With a palette colours are written as attributes (a file of its own); without, as classes `f-<role>` and `s-<role>` for a style sheet. */
  readonly palette?: Palette;
  /** Prefix of element ids; needed when several figures share a page. */
  readonly id?: string;
}

/**
 * Renders a scene as one `<svg>` element with title and description.
 *
 * @example
 * svgText({ width: 10, height: 10, title: 'a', desc: 'b', items: [] }, { id: 'f' }).startsWith('<svg '); // => true
 */
export function svgText(scene: Scene, options: SvgOptions = {}): string {
  const id = escapeXml(options.id ?? 'figure');
  const head =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${px(scene.width)} ${px(scene.height)}" width="${px(scene.width)}" ` +
    `height="${px(scene.height)}" role="img" aria-labelledby="${id}-t ${id}-d" font-family="'Pretendard Variable', Pretendard, sans-serif">` +
    `<title id="${id}-t">${escapeXml(scene.title)}</title><desc id="${id}-d">${escapeXml(scene.desc)}</desc>`;
  return `${head}${scene.items.map((item) => element(item, options.palette)).join('')}</svg>`;
}

/**
 * Text that may stand inside an element or a quoted attribute.
 *
 * @example
 * escapeXml('a < "b" & c'); // => 'a &lt; &quot;b&quot; &amp; c'
 */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function element(item: Primitive, palette: Palette | undefined): string {
  switch (item.kind) {
    case 'line':
      return (
        `<line x1="${px(item.x1)}" y1="${px(item.y1)}" x2="${px(item.x2)}" y2="${px(item.y2)}"` +
        `${stroke(item.role, item.width, palette)}${dash(item.dash)}/>`
      );
    case 'path': {
      const d = item.runs.map((run) => `M${pairs(run, 'L')}`).join('');
      return `<path d="${d}" fill="none"${stroke(item.role, item.width, palette)}${dash(item.dash)}/>`;
    }
    case 'band':
      return (
        `<rect x="${px(item.x)}" y="${px(item.y)}" width="${px(Math.max(0, item.width))}" ` +
        `height="${px(Math.max(0, item.height))}"${fill(item.role, palette)}/>`
      );
    case 'area':
      return `<polygon points="${pairs(item.outline, ' ')}"${fill(item.role, palette)}/>`;
    case 'mark':
      return mark(item, palette);
    case 'text':
      return (
        `<text x="${px(item.x)}" y="${px(item.y)}" font-size="${item.size}" text-anchor="${item.anchor}"` +
        `${item.bold ? ' font-weight="600"' : ''}${fill(item.role, palette)}>${escapeXml(item.text)}</text>`
      );
  }
}

function mark(item: Mark, palette: Palette | undefined): string {
  const { x, y, size, shape, role } = item;
  if (shape === 'dot') return `<circle cx="${px(x)}" cy="${px(y)}" r="${px(size)}"${fill(role, palette)}/>`;
  if (shape === 'ring' || shape === 'hollow') {
    return `<circle cx="${px(x)}" cy="${px(y)}" r="${px(size)}" fill="none"${stroke(role, 1.5, palette)}/>`;
  }
  if (shape === 'cross') {
    const d = `M${px(x - size)} ${px(y - size)}L${px(x + size)} ${px(y + size)}M${px(x - size)} ${px(y + size)}L${px(x + size)} ${px(y - size)}`;
    return `<path d="${d}" fill="none"${stroke(role, 1.5, palette)}/>`;
  }
  if (shape === 'tick') {
    return `<path d="M${px(x)} ${px(y - size)}L${px(x)} ${px(y + size)}" fill="none"${stroke(role, 1.5, palette)}/>`;
  }
  return `<polygon points="${pairs(markOutline(shape, x, y, size), ' ')}"${fill(role, palette)}/>`;
}

function fill(role: Role, palette: Palette | undefined): string {
  return palette === undefined ? ` class="f-${role}"` : ` fill="${palette[role]}"`;
}

function stroke(role: Role, width: number, palette: Palette | undefined): string {
  const colour = palette === undefined ? ` class="s-${role}"` : ` stroke="${palette[role]}"`;
  return `${colour} stroke-width="${width}"`;
}

function dash(kind: 'solid' | 'dashed' | 'dotted'): string {
  const pattern = dashPattern(kind);
  return pattern.length === 0 ? '' : ` stroke-dasharray="${pattern.join(' ')}"`;
}

function pairs(flat: readonly number[], join: string): string {
  const parts: string[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) parts.push(`${px(flat[i] ?? 0)} ${px(flat[i + 1] ?? 0)}`);
  return parts.join(join);
}

function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}
