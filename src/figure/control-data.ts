// What a control chart is made from, and what its parts share while it is laid out.

/** One subgroup: a place on the x axis. */
export interface ChartColumn {
  /** Source time of the last member, ms. */
  readonly timeMs: number;
  /** A gap in production or collection lies before it: the line breaks and the axis shows it. */
  readonly breakBefore: boolean;
}

/** What one statistic of one subgroup was and how it was judged. NaN = none. */
export interface ChartValue {
  readonly value: number;
  readonly centre: number;
  readonly lower: number;
  readonly upper: number;
  readonly z: number;
  readonly n: number;
  /** Ids of the rules that hold at this point. */
  readonly rules: readonly string[];
  readonly limitsVersion: number;
  readonly status: 'judged' | 'baseline' | 'no_value' | 'excluded';
}

export interface ChartLane {
  /** x, mr, mean, range, s, p, u, ewma; `n` is drawn as grey bars. */
  readonly statistic: string;
  /** By column; undefined where this statistic has no row. */
  readonly values: readonly (ChartValue | undefined)[];
  /** Rule id → sentence, to ring the points of a pattern. */
  readonly sentences: Readonly<Record<string, string>>;
  /** Draw the 1 and 2 sigma bands: only where a rule looks at them. */
  readonly zones: boolean;
  /** Decimals of limits and centre line. */
  readonly decimals: number;
}

/** A short mark under the chart: tool, lot, shift, limits, link … */
export interface StripMark {
  readonly column: number;
  readonly shape: 'up' | 'down' | 'ring' | 'tick';
  readonly label: string;
}

export interface ControlChartData {
  readonly title: string;
  readonly desc: string;
  readonly width: number;
  readonly height: number;
  readonly columns: readonly ChartColumn[];
  /** One or two; the second is the spread (or the size). */
  readonly lanes: readonly ChartLane[];
  readonly strip: readonly StripMark[];
  /** Offset of plant time from UTC at the newest point, minutes. */
  readonly utcOffsetMinutes: number;
  /** Printed after the limits version, for instance a date; empty = nothing. */
  readonly limitsNote: string;
  /** Specification limits, only for charts of individual values. */
  readonly spec?: { readonly lower?: number | undefined; readonly upper?: number | undefined; readonly label: string };
}

/** The x axis: equal steps and breaks, px. */
export interface ColumnScale {
  readonly left: number;
  readonly right: number;
  /** px between two neighbours. */
  readonly step: number;
  x(index: number): number;
}

/** Where a lane is, px. */
export interface LaneBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What the parts of a lane share. */
export interface LaneFrame {
  readonly lane: ChartLane;
  readonly columns: readonly ChartColumn[];
  readonly scale: ColumnScale;
  readonly box: LaneBox;
  y(value: number): number;
}
