// Rows back from InfluxDB, by InfluxQL with bound texts.
import { PumjilError } from '../../errors.ts';
import { fromJson } from '../../journal/json.ts';
import type { MeasurementContext } from '../../measurement.ts';
import type { MeasurementRow, PointRow, PointStatus, RangeQuery, SeriesRow } from '../history.ts';
import { type InfluxClient, unreachable } from './client.ts';
import { tagText } from './lines.ts';
import { refusal } from './writer.ts';

type Row = Readonly<Record<string, unknown>>;

const MEASUREMENT_FIELDS = ['id', 'value', 'size', 'quality', 'reason', 'text', 'context', 'tie', 'special'];
const POINT_FIELDS =
  'id,ix,seq,ordinal,lane,statistic,value,centre,lower,upper,z,n,rules,limits_version,status,break_before,context,tie,special'.split(
    ',',
  );

/** Earliest and latest time InfluxDB knows, ns. */
const MIN_NS = -(2n ** 63n) + 2n;
const MAX_NS = 2n ** 63n - 2n;

/** Measurements in a range; see History.measurements. */
export async function readMeasurements(
  client: InfluxClient,
  database: string,
  query: RangeQuery,
): Promise<readonly MeasurementRow[]> {
  const rows = await select(client, database, 'pumjil_measurement', MEASUREMENT_FIELDS, query, '');
  return decoded(client, rows, (row) => {
    const infinite = specialOf(row);
    return {
      id: text(row, 'id') ?? '',
      timeNs: nsOfText(row) - BigInt(number(row, 'tie', 0)),
      value: infinite.value ?? number(row, 'value', Number.NaN),
      size: infinite.size ?? number(row, 'size', Number.NaN),
      quality: number(row, 'quality', 0),
      reason: text(row, 'reason'),
      text: text(row, 'text'),
      context: contextOf(row),
    };
  });
}

/** Points in a range; see History.points. */
export async function readPoints(
  client: InfluxClient,
  database: string,
  query: RangeQuery & { readonly lane?: number },
): Promise<readonly PointRow[]> {
  const lane = query.lane === undefined ? '' : ` AND "lane" = ${Number(query.lane)}`;
  const rows = await select(client, database, 'pumjil_point', POINT_FIELDS, query, lane);
  return decoded(client, rows, (row) => {
    const infinite = specialOf(row);
    const some = (key: string) => infinite[key] ?? number(row, key, Number.NaN);
    const rules = text(row, 'rules') ?? '';
    return {
      id: text(row, 'id') ?? '',
      seq: number(row, 'seq', 0),
      ordinal: number(row, 'ordinal', 0),
      series: number(row, 'ix', -1),
      lane: number(row, 'lane', 0),
      statistic: tagText(text(row, 'statistic') ?? ''),
      timeMs: msOfNs(nsOfText(row) - BigInt(number(row, 'tie', 0))),
      value: some('value'),
      centre: some('centre'),
      lower: some('lower'),
      upper: some('upper'),
      z: some('z'),
      n: some('n'),
      rules: rules === '' ? [] : rules.split(','),
      limitsVersion: number(row, 'limits_version', 0),
      // Written from a PointRow.
      status: (text(row, 'status') ?? 'judged') as PointStatus,
      breakBefore: number(row, 'break_before', 0) === 1,
      context: contextOf(row),
    };
  });
}

/**
 * Asks one InfluxQL question; `$name` in it stands for a text of `params`.
 *
 * @throws PumjilError HISTORY_UNREACHABLE, HISTORY_CREDENTIALS
 */
export async function ask(
  client: InfluxClient,
  database: string,
  q: string,
  params: Readonly<Record<string, string>> = {},
): Promise<readonly Row[]> {
  const form = new URLSearchParams({ q, db: database, params: JSON.stringify(params) }).toString();
  const answer = await client.send('/query', {}, form, 'application/x-www-form-urlencoded');
  if (answer.status !== 200) throw refusal(client.place, database, answer);
  let body: { readonly results?: readonly { readonly error?: string; readonly series?: readonly Series[] }[] };
  try {
    body = JSON.parse(answer.text);
  } catch (cause) {
    throw unreachable(client.place, 'its answer is no JSON', undefined, cause);
  }
  const result = body.results?.[0];
  if (result === undefined) throw unreachable(client.place, 'its answer has no results');
  if (result.error !== undefined) {
    // A database that is not there yet holds nothing.
    if (result.error.includes('database not found')) return [];
    throw unreachable(client.place, result.error);
  }
  return (result.series ?? []).flatMap(({ columns, values }) =>
    values.map((value) => Object.fromEntries(columns.map((column, i) => [column, value[i]]))),
  );
}

/** Deletes the points of a series from `fromMs` on, all lanes. A tag that was never written counts as empty. */
export async function deletePoints(
  client: InfluxClient,
  database: string,
  series: Pick<SeriesRow, 'characteristic' | 'part' | 'split'>,
  fromMs: number,
): Promise<void> {
  const { characteristic, part, split } = series;
  const params = { characteristic: tagFilter(characteristic), part: tagFilter(part), split: tagFilter(split) };
  const tags = '"characteristic" = $characteristic AND "part" = $part AND "split" = $split';
  await ask(client, database, `DELETE FROM "pumjil_point" WHERE time >= ${ceilNs(fromMs)} AND ${tags}`, params);
}

interface Series {
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

async function select(
  client: InfluxClient,
  database: string,
  measurement: string,
  fields: readonly string[],
  query: RangeQuery,
  also: string,
): Promise<readonly Row[]> {
  const { fromMs, toMs, limit, last = false } = query;
  if (!(fromMs < toMs) || !(limit > 0)) return [];
  // The characteristic is what stands before one of the signs that join the parts of a stream's id; which one, only the id's maker knows.
  const candidates = [...query.series.matchAll(/~|$/g)].map((match) => query.series.slice(0, match.index));
  const params: Record<string, string> = { series: query.series };
  for (const [i, candidate] of candidates.entries()) params[`c${i}`] = tagFilter(candidate);
  const tags = candidates.map((_, i) => `"characteristic" = $c${i}`).join(' OR ');
  const names = fields.map((field) => `"${field}"`).join(', ');
  const range = `time >= ${ceilNs(fromMs)} AND time < ${ceilNs(toMs)}`;
  const rows = await ask(
    client,
    database,
    `SELECT ${names} FROM "${measurement}" WHERE ${range} AND "series" = $series AND (${tags})${also} ORDER BY time ${last ? 'DESC' : 'ASC'} LIMIT ${Math.min(limit, 2 ** 31)}`,
    params,
  );
  return last ? rows.toReversed() : rows;
}

// Others may have written into the database too.
function decoded<T>(client: InfluxClient, rows: readonly Row[], decode: (row: Row) => T): readonly T[] {
  try {
    return rows.map(decode);
  } catch (cause) {
    throw new PumjilError('HISTORY_DAMAGED', {
      message: `InfluxDB at ${client.place} holds a row that Pumjil did not write.`,
      hint: 'Find who else writes pumjil_measurement or pumjil_point, and delete those rows.',
      cause,
    });
  }
}

// As the tag was written, without the signs that only the line protocol needs.
function tagFilter(characteristic: string): string {
  return characteristic
    .toWellFormed()
    .replaceAll(/%(?=0A|0D|5C|25)/g, '%25')
    .replaceAll('\\', '%5C')
    .replaceAll('\n', '%0A')
    .replaceAll('\r', '%0D');
}

function ceilNs(ms: number): bigint {
  if (ms >= Number(MAX_NS) / 1e6) return MAX_NS;
  if (ms <= Number(MIN_NS) / 1e6) return MIN_NS;
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.ceil((ms - whole) * 1e6));
}

function nsOfText(row: Row): bigint {
  const time = text(row, 'time') ?? '';
  const fraction = (/\.(\d+)Z$/.exec(time)?.[1] ?? '').padEnd(9, '0');
  return BigInt(Date.parse(time.replace(/\.\d+Z$/, 'Z'))) * 1_000_000n + BigInt(fraction);
}

function msOfNs(ns: bigint): number {
  const rest = ((ns % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return Number((ns - rest) / 1_000_000n) + Number(rest) / 1e6;
}

function text(row: Row, key: string): string | undefined {
  const value = row[key];
  return typeof value === 'string' ? value : undefined;
}

function number(row: Row, key: string, otherwise: number): number {
  const value = row[key];
  return typeof value === 'number' ? value : otherwise;
}

function specialOf(row: Row): Readonly<Record<string, number>> {
  const special = text(row, 'special');
  return special === undefined ? {} : (fromJson(special) as Record<string, number>);
}

function contextOf(row: Row): MeasurementContext {
  const context = text(row, 'context');
  return context === undefined ? {} : (fromJson(context) as MeasurementContext);
}
