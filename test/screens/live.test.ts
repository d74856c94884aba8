// Screens that are open while the plant goes on: what the live push changes in them, in a real browser.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AlarmRow, EventRow } from '../../src/history/history.ts';
import { findChromium } from './chromium.ts';
import { type Screen, type ScreenOptions, type ScreenRig, startRig } from './screen-rig.ts';

const chromium = findChromium();
const KO: ScreenOptions = { width: 1440, language: 'ko' };
const POLL = { timeout: 15_000, interval: 50 };

describe.skipIf(chromium === undefined)('in Chromium (skipped where none is installed)', { timeout: 60_000 }, () => {
  let rig: ScreenRig;
  let screen: Screen;
  let page: Page;
  beforeAll(async () => {
    rig = await startRig(chromium ?? '');
    screen = await rig.open(KO, '/');
    ({ page } = screen);
  }, 90_000);
  afterAll(() => rig?.close());

  const streamId = (): string => rig.plant.streams()[0]?.id ?? '';
  const rows = () => page.locator('.table-card tbody tr');

  /** Opens the page of a stream with its table, and waits until it is live. */
  async function openStream(id: string): Promise<void> {
    await page.goto(`${rig.url}/streams?id=${encodeURIComponent(id)}`);
    await page.locator('.table-card summary').click();
    await rows().first().waitFor();
    await page.locator('.live.is-open').waitFor();
    await page.evaluate('globalThis.isSamePage = true');
  }

  /** The seq of an entry that says nothing else. */
  let entries = 0;
  function nextSeq(): Promise<number> {
    entries += 1;
    const entry = { kind: 'command', author: 'lee', verb: 'comment', alarm: 'none' } as const;
    return rig.plant.submit({ ...entry, atMs: rig.plant.nowMs(), id: `entry-${entries}` });
  }

  async function pushEvent(kind: EventRow['kind'], stream: string): Promise<void> {
    const seq = await nextSeq();
    const text = { ko: `사건 ${kind}`, en: `event ${kind}` };
    const series = rig.plant.streams().findIndex((each) => each.id === stream);
    const event = {
      id: `${seq}.0`,
      seq,
      ordinal: 0,
      kind,
      timeMs: rig.plant.nowMs(),
      series,
      adapter: '',
      text,
      data: {},
    };
    rig.plant.push([{ type: 'event', seq, event }]);
  }

  async function pushAlarm(alarm: AlarmRow): Promise<void> {
    const seq = await nextSeq();
    rig.plant.push([{ type: 'alarm', seq, alarm: { ...alarm, seq } }]);
  }

  async function newestPoint(id: string) {
    const points = await rig.plant.points({ series: id, fromMs: 0, toMs: Infinity, limit: 1, last: true, lane: 0 });
    const [point] = points;
    if (point === undefined) throw new Error(`${id} has no points`);
    return point;
  }

  test('points that a re-run of the stream has changed are shown changed', async () => {
    const id = streamId();
    await openStream(id);
    const point = await newestPoint(id);
    expect(await rows().first().innerText()).toContain(point.value.toFixed(3));
    // The history now holds another value for the same subgroup, as after a correction.
    Object.assign(point, { value: point.value + 0.123 });
    await pushEvent('revision', id);
    await expect.poll(() => rows().first().innerText(), POLL).toContain(point.value.toFixed(3));
    expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
    expect(screen.problems).toEqual([]);
  });

  test('a point that someone excludes is shown excluded', async () => {
    const id = streamId();
    await openStream(id);
    expect(await rows().first().innerText()).not.toContain('제외');
    const { id: point } = await newestPoint(id);
    await rig.plant.submit({
      kind: 'exclude',
      atMs: rig.plant.nowMs(),
      author: 'lee',
      reason: '시험편',
      stream: id,
      point,
    });
    await expect.poll(() => rows().first().innerText(), POLL).toContain('제외');
    expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
  });

  test('new limits show their version in the head of the page', async () => {
    const id = streamId();
    await openStream(id);
    await page.locator('.facts').getByText('관리한계 L1').waitFor();
    const { centre, sigma } = rig.plant.stream(id)?.limits ?? { centre: 0, sigma: 1 };
    const entry = { kind: 'limits', atMs: rig.plant.nowMs(), author: 'lee', reason: '새 공구' } as const;
    await rig.plant.submit({ ...entry, stream: id, centre, sigma });
    await page.locator('.facts').getByText('관리한계 L2').waitFor();
    expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
  });

  test('an event of another stream fetches nothing, and many of this one fetch a few times', async () => {
    const id = streamId();
    const other = rig.plant.streams()[1]?.id ?? '';
    await openStream(id);
    // What the page fetches by itself when its link opens has been asked for once this one is shown.
    await pushEvent('quality', id);
    await page.getByText('사건 quality').waitFor();
    let fetched = 0;
    page.on('request', (request) => {
      if (request.url().includes('/points?')) fetched += 1;
    });
    await pushEvent('revision', other);
    await pushEvent('signal', id);
    await page.getByText('사건 signal').waitFor();
    expect(fetched).toBe(0);
    const pushedMs = performance.now();
    for (let i = 0; i < 20; i += 1) await pushEvent('revision', id);
    await expect.poll(() => fetched, POLL).toBeGreaterThan(0);
    await pushEvent('gap', id);
    await page.getByText('사건 gap').waitFor();
    // Bursts become one round every two seconds, however long the pushing took; a round asks for this chart and its neighbours.
    const rounds = 2 + (performance.now() - pushedMs) / 2000;
    expect(fetched).toBeLessThanOrEqual(3 * rounds);
    expect(fetched).toBeLessThan(20);
  });

  test('points that the push left out are fetched', async () => {
    const id = streamId();
    await openStream(id);
    await page.locator('.choice button').nth(1).click();
    await expect.poll(() => rows().count(), POLL).toBe(200);
    const tables = (): Promise<string[]> => page.locator('.table-card tbody td:first-child').allInnerTexts();
    // More than a client is sent at a time.
    const was = rig.plant.health().pointsTotal;
    rig.plant.tick(3000);
    expect(rig.plant.health().pointsTotal).toBeGreaterThan(was + 2000);
    const points = await rig.plant.points({ series: id, fromMs: 0, toMs: Infinity, limit: 200, last: true, lane: 0 });
    const wanted = points.map((point) => new Date(point.timeMs + 9 * 3_600_000).toISOString().slice(0, 16)).reverse();
    await expect.poll(tables, POLL).toEqual(wanted.map((time) => time.replace('T', ' ')));
  });

  test('the alarm list shows a new alarm at its place and a change of another, and asks for closed ones only when one changed', async () => {
    await page.goto(`${rig.url}/alarms`);
    await page.locator('.needs a').first().waitFor();
    await page.locator('.live.is-open').waitFor();
    const open = await rig.plant.alarms({ open: true, limit: 500 });
    const [first] = open;
    if (first === undefined) throw new Error('the fixture has no open alarm');
    const fresh: AlarmRow = { ...first, id: 'fresh.0', state: 'unacknowledged', raisedMs: rig.plant.nowMs() };
    await pushAlarm(fresh);
    const row = page.locator('[id="alarm-fresh.0"]');
    await row.waitFor();
    await pushAlarm({ ...fresh, state: 'acknowledged' });
    await row.getByText('확인됨').waitFor();
    await pushAlarm({ ...fresh, state: 'closed', closedMs: rig.plant.nowMs() });
    await row.waitFor({ state: 'detached' });

    let fetched = 0;
    page.on('request', (request) => {
      if (request.url().includes('/api/alarms?open=false')) fetched += 1;
    });
    await page.getByRole('button', { name: '종결', exact: true }).click();
    await expect.poll(() => fetched, POLL).toBe(1);
    // Points alone change no alarm; when the alarm after them is here, they were taken in.
    for (let i = 0; i < 10; i += 1) rig.plant.tick(3);
    await pushAlarm(fresh);
    await expect.poll(() => fetched, POLL).toBe(2);
    await page.getByRole('button', { name: /^미종결/ }).click();
    await row.waitFor();
    expect(fetched).toBe(2);
  });
});
