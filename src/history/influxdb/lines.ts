// The line protocol: blocks as lines. Identical blocks give identical lines, so writing one again changes nothing.
import { toJson } from '../../journal/json.ts';
import type { MeasurementContext } from '../../measurement.ts';
import { nsOfMs } from '../embedded/kinds.ts';
import type { EventRow, HistoryBlock, PointRow, SeriesRow } from '../history.ts';

/** Context keys with a field of their own. */
const OWN_FIELDS = ['lot', 'cavity', 'tool'] as const;

/**
 * A text as a tag value. Line feeds and a backslash at the end cannot be written in a tag at all: these four characters
 * become `%0A`, `%0D`, `%5C` and, where it would look like one of them, `%25`; different texts stay different.
 *
 * @example
 * tagValue('a b,c=d\\'); // => 'a\\ b\\,c\\=d%5C'
 */
export function tagValue(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/%(?=0A|0D|5C|25)/g, '%25')
    .replaceAll('\\', '%5C')
    .replaceAll('\n', '%0A')
    .replaceAll('\r', '%0D')
    .replaceAll(/[ ,=]/g, (sign) => `\\${sign}`);
}

/**
 * The text of a tag as InfluxDB gives it back.
 *
 * @example
 * tagText('50%25'); // => '50%'
 */
export function tagText(value: string): string {
  return value.replaceAll(/%(0A|0D|5C|25)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/**
 * A text as a string field.
 *
 * @example
 * stringField('a "b"'); // => '"a \\"b\\""'
 */
export function stringField(text: string): string {
  return `"${text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A number as a float field; undefined when it is NaN or infinite, which InfluxDB cannot store. */
export function floatField(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * All lines of a block: measurements, points, events.
 *
 * @param seriesOf the series of an index; undefined when it is not known
 */
export function blockLines(block: HistoryBlock, seriesOf: (ix: number) => SeriesRow | undefined): string[] {
  const lines: string[] = [];
  const ties = blockTies();
  const { measurements } = block;
  for (let i = 0; i < measurements.length; i += 1) {
    const series = seriesOf(measurements.series[i] ?? -1);
    const time = measurements.timeNs[i] ?? 0n;
    const tie = ties.of(`m ${series?.characteristic} ${series?.part}`, time, measurements.tie?.[i]);
    const context = measurements.context[i] ?? {};
    const reason = measurements.reason[i];
    const text = measurements.text[i];
    lines.push(
      line('pumjil_measurement', seriesTags(series), time + BigInt(tie), [
        ['id', stringField(`${measurements.seq[i]}.${measurements.ordinal[i]}`)],
        ['series', stringField(series?.id ?? '')],
        ['value', floatField(measurements.value[i] ?? Number.NaN)],
        ['size', floatField(measurements.size[i] ?? 1)],
        ['quality', floatField(measurements.quality[i] ?? 0)],
        ['reason', reason === undefined ? undefined : stringField(reason)],
        ['text', text === undefined ? undefined : stringField(text)],
        ...contextFields(context),
        ['tie', tie === 0 ? undefined : String(tie)],
        ['special', special({ value: measurements.value[i] ?? Number.NaN, size: measurements.size[i] ?? 1 })],
      ]),
    );
  }
  for (const point of block.points) lines.push(pointLine(point, seriesOf(point.series), ties));
  for (const event of block.events) lines.push(eventLine(event, seriesOf(event.series), ties));
  return lines;
}

function pointLine(point: PointRow, series: SeriesRow | undefined, ties: BlockTies): string {
  const time = nsOfMs(point.timeMs);
  const tie = ties.of(`p ${point.series} ${point.statistic}`, time, point.tie);
  const { value, centre, lower, upper, z } = point;
  return line(
    'pumjil_point',
    [
      ['characteristic', series?.characteristic],
      ['part', series?.part],
      ['split', series?.split],
      ['chart', series?.chart],
      ['statistic', point.statistic],
    ],
    time + BigInt(tie),
    [
      ['id', stringField(point.id)],
      ['series', stringField(series?.id ?? '')],
      ['ix', String(point.series)],
      ['seq', String(point.seq)],
      ['ordinal', String(point.ordinal)],
      ['lane', String(point.lane)],
      ['value', floatField(value)],
      ['centre', floatField(centre)],
      ['lower', floatField(lower)],
      ['upper', floatField(upper)],
      ['z', floatField(z)],
      ['n', floatField(point.n)],
      ['rules', stringField(point.rules.join(','))],
      ['limits_version', String(point.limitsVersion)],
      ['status', stringField(point.status)],
      ['break_before', point.breakBefore ? '1' : '0'],
      ...contextFields(point.context),
      ['tie', tie === 0 ? undefined : String(tie)],
      ['special', special({ value, centre, lower, upper, z, n: point.n })],
    ],
  );
}

function eventLine(event: EventRow, series: SeriesRow | undefined, ties: BlockTies): string {
  const time = nsOfMs(event.timeMs);
  const tie = ties.of(`e ${event.kind}`, time, event.tie);
  return line(
    'pumjil_event',
    [
      ['characteristic', series?.characteristic],
      ['kind', event.kind],
    ],
    time + BigInt(tie),
    [
      ['id', stringField(event.id)],
      ['series', stringField(series?.id ?? '')],
      ['adapter', stringField(event.adapter)],
      ['text', stringField(event.text.en)],
      ['text_ko', stringField(event.text.ko)],
      ['data', stringField(toJson(event.data))],
    ],
  );
}

function seriesTags(series: SeriesRow | undefined): readonly (readonly [string, string | undefined])[] {
  return [
    ['characteristic', series?.characteristic],
    ['line', series?.line],
    ['station', series?.station],
    ['part', series?.part],
  ];
}

function contextFields(context: MeasurementContext): [string, string | undefined][] {
  const keys = Object.keys(context);
  if (keys.length === 0) return [];
  const own: [string, string | undefined][] = OWN_FIELDS.filter((key) => Object.hasOwn(context, key)).map((key) => [
    key,
    stringField(context[key] ?? ''),
  ]);
  return [...own, ['context', stringField(toJson(context))]];
}

// The infinities among the numbers by name, so that they can be given back.
function special(numbers: Readonly<Record<string, number>>): string | undefined {
  const infinite = Object.entries(numbers).filter(([, value]) => Math.abs(value) === Infinity);
  return infinite.length === 0 ? undefined : stringField(toJson(Object.fromEntries(infinite)));
}

function line(
  measurement: string,
  tags: readonly (readonly [string, string | undefined])[],
  timeNs: bigint,
  fields: readonly (readonly [string, string | undefined])[],
): string {
  let head = measurement;
  // An empty tag value does not exist in InfluxDB.
  for (const [key, value] of tags) if (value !== undefined && value !== '') head += `,${key}=${tagValue(value)}`;
  const body = fields.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}`);
  return `${head} ${body.join(',')} ${timeNs}`;
}

interface BlockTies {
  of(space: string, timeNs: bigint, given: number | undefined): number;
}

// Ties of a block that brings none: the smallest that keep its own rows apart.
function blockTies(): BlockTies {
  const taken = new Map<string, Set<bigint>>();
  return {
    of(space, timeNs, given) {
      if (given !== undefined) return given;
      const times = taken.get(space) ?? new Set();
      taken.set(space, times);
      let final = timeNs;
      while (times.has(final)) final += 1n;
      times.add(final);
      return Number(final - timeNs);
    },
  };
}
