// A scene: what a figure consists of, before anything draws it. Plain data, so that a test can read it and three renderers agree.

/** What a thing means; a renderer's palette turns it into a colour. */
export type Role =
  | 'ink'
  | 'muted'
  | 'grid'
  | 'paper'
  | 'point'
  | 'centre'
  | 'limit'
  | 'signal'
  | 'improve'
  | 'common'
  | 'spec'
  | 'zone-a'
  | 'zone-b'
  | 'bar'
  | 'envelope';

export type Dash = 'solid' | 'dashed' | 'dotted';

/** A straight line, px. */
export interface Line {
  readonly kind: 'line';
  readonly role: Role;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly width: number;
  readonly dash: Dash;
  /** What it stands for (`ucl`, `gap`, `stage` …): for tests and for reading a drawing. */
  readonly part: string;
}

/** Polylines; each run is x0, y0, x1, y1 … and is not joined to the next. */
export interface Path {
  readonly kind: 'path';
  readonly role: Role;
  readonly runs: readonly (readonly number[])[];
  readonly width: number;
  readonly dash: Dash;
  readonly part: string;
}

/** A filled rectangle. */
export interface Band {
  readonly kind: 'band';
  readonly role: Role;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly part: string;
}

/** A filled polygon, x0, y0, x1, y1 … */
export interface Area {
  readonly kind: 'area';
  readonly role: Role;
  readonly outline: readonly number[];
  readonly part: string;
}

export type Shape = 'dot' | 'diamond' | 'ring' | 'cross' | 'tick' | 'hollow' | 'up' | 'down';

/** A symbol centred on x, y; `size` is its half width, px. */
export interface Mark {
  readonly kind: 'mark';
  readonly role: Role;
  readonly shape: Shape;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Index of the point it shows, or -1. */
  readonly index: number;
  readonly part: string;
}

/** One line of text; y is the base line. */
export interface Label {
  readonly kind: 'text';
  readonly role: Role;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly bold: boolean;
  readonly part: string;
}

export type Primitive = Line | Path | Band | Area | Mark | Label;

/** A drawing in px, later primitives over earlier ones. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  /** Short name and full sentence for readers who do not see it. */
  readonly title: string;
  readonly desc: string;
  readonly items: readonly Primitive[];
}

/** Colour of each role, any CSS colour. */
export type Palette = Readonly<Record<Role, string>>;

/** Measured contrast on white is at least 4.8 for every role that carries meaning; zones are 4 % and 8 % of the point colour. */
export const LIGHT: Palette = {
  ink: '#111827',
  muted: '#57606A',
  grid: '#E5E8EC',
  paper: '#FFFFFF',
  point: '#1B4B72',
  centre: '#4A5561',
  limit: '#9A3412',
  signal: '#C2410C',
  improve: '#1D6FB8',
  common: '#6B7280',
  spec: '#5B21B6',
  'zone-a': 'rgba(27,75,114,0.08)',
  'zone-b': 'rgba(27,75,114,0.04)',
  bar: '#C9D3DD',
  envelope: 'rgba(27,75,114,0.25)',
};

/** The dark twin, on #10161D. */
export const DARK: Palette = {
  ink: '#E6EAEE',
  muted: '#9AA4AF',
  grid: '#26303A',
  paper: '#10161D',
  point: '#7FB8E6',
  centre: '#A7B0BA',
  limit: '#F59E6C',
  signal: '#FF8A4C',
  improve: '#6CB6FF',
  common: '#9AA4AF',
  spec: '#B79CF5',
  'zone-a': 'rgba(127,184,230,0.12)',
  'zone-b': 'rgba(127,184,230,0.06)',
  bar: '#3A4754',
  envelope: 'rgba(127,184,230,0.3)',
};

/** Dash pattern in px, empty = solid. */
export function dashPattern(dash: Dash): readonly number[] {
  if (dash === 'dashed') return [6, 4];
  return dash === 'dotted' ? [1.5, 3] : [];
}

/**
 * Corners of a mark drawn as a polygon; empty for round shapes and strokes.
 *
 * @example
 * markOutline('diamond', 10, 10, 5); // => [10, 5, 15, 10, 10, 15, 5, 10]
 */
export function markOutline(shape: Shape, x: number, y: number, size: number): readonly number[] {
  if (shape === 'diamond') return [x, y - size, x + size, y, x, y + size, x - size, y];
  if (shape === 'up') return [x, y - size, x + size, y + size, x - size, y + size];
  if (shape === 'down') return [x - size, y - size, x + size, y - size, x, y + size];
  return [];
}
