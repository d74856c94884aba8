// The screens in a real browser against the real server and the fixture plant.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtApp, builtFiles } from './built-app.ts';
import { findChromium } from './chromium.ts';
import { type Screen, type ScreenOptions, type ScreenRig, startRig } from './screen-rig.ts';

const chromium = findChromium();
const KO: ScreenOptions = { width: 1440, language: 'ko' };
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
const POLL = { timeout: 15_000, interval: 50 };
const EN_PHONE_DARK: ScreenOptions = { width: 390, language: 'en', theme: 'dark' };

/** Fails with every violation of WCAG 2.1 A and AA by its element. */
async function expectAccessible(page: Page): Promise<void> {
  const result = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(WCAG)
    .options({ resultTypes: ['violations'] })
    .analyze();
  expect(result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
}

test('the dashboards stay within 60 KiB of compressed script', async () => {
  const scripts = builtFiles(await builtApp(), '.js');
  const bytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
  expect(bytes).toBeLessThan(60 * 1024);
});

describe.skipIf(chromium === undefined)('in Chromium (skipped where none is installed)', { timeout: 90_000 }, () => {
  let rig: ScreenRig;
  const views = new Map<ScreenOptions, Screen>();
  beforeAll(async () => {
    rig = await startRig(chromium ?? '');
  }, 90_000);
  afterAll(() => rig?.close());

  /** One page for each way of looking, taken to the next address: fonts and scripts are loaded once. */
  async function view(options: ScreenOptions, path: string): Promise<Screen> {
    const known = views.get(options);
    const screen = known ?? (await rig.open(options, path));
    if (known !== undefined) await screen.page.goto(rig.url + path);
    views.set(options, screen);
    return screen;
  }

  function streamWithSignal(): string {
    const found = rig.plant.streams().find((s) => s.lastPoints.some((p) => p.lane === 0 && p.rules.length > 0));
    return found?.id ?? '';
  }

  const screens: readonly (readonly [string, () => string, RegExp, RegExp])[] = [
    ['overview', () => '/', /라인별 상태/, /Lowest capability/],
    ['characteristic', () => `/streams?id=${encodeURIComponent(streamWithSignal())}`, /공정능력/, /Capability/],
    ['alarms', () => '/alarms', /미종결/, /Open/],
    ['diagnosis', () => '/diagnosis', /참고 비교 \/ for reference/, /참고 비교 \/ for reference/],
    ['health', () => '/health', /값의 수지/, /Where every value went/],
  ];
  for (const [name, path, ko, en] of screens) {
    test(`${name} shows itself in both languages, on desk and phone, light and dark, and is accessible`, async () => {
      for (const [options, words] of [
        [KO, ko],
        [EN_PHONE_DARK, en],
      ] as const) {
        const { page, problems } = await view(options, path());
        await page.locator('main').getByText(words).first().waitFor();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
        expect(problems).toEqual([]);
      }
    });
  }

  test('the overview has one cell a stream and counts each stream once in the matrix', async () => {
    const { page } = await view(KO, '/');
    await page.locator('.cell').first().waitFor();
    const streams = rig.plant.streams().length;
    expect(await page.locator('.cell').count()).toBe(streams);
    const counts = await page.locator('.matrix button').allInnerTexts();
    expect(counts.reduce((sum, text) => sum + Number(text), 0)).toBe(streams);
    await page.locator('.matrix button').first().click();
    expect(await page.locator('.cell').count()).toBe(Number(counts[0]));
  });

  test('touch targets of cells, buttons and links are at least 44 px high on a phone', async () => {
    const { page } = await view(EN_PHONE_DARK, '/');
    await page.locator('.cell').first().waitFor();
    await page.locator('.needs a').first().waitFor();
    const heights = await page
      .locator('button:visible, .cell, .needs a, nav a, .worst a')
      .evaluateAll((all) => all.map((element) => element.getBoundingClientRect().height));
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
  });

  test('the rule stands in words beside the chart, in Korean and in English', async () => {
    const path = `/streams?id=${encodeURIComponent(streamWithSignal())}`;
    const ko = await view(KO, path);
    await ko.page.locator('.rule-words li').first().waitFor();
    expect(await ko.page.locator('.rule-words').innerText()).toMatch(/규칙 \d/);
    await ko.page.locator('.price-card').waitFor();
    expect(await ko.page.locator('.price-card').innerText()).toContain('오경보는');
    const en = await view(EN_PHONE_DARK, path);
    await en.page.locator('.rule-words li').first().waitFor();
    expect(await en.page.locator('.rule-words').innerText()).toMatch(/rule \d/);
    await en.page.locator('.price-card').waitFor();
    expect(await en.page.locator('.price-card').innerText()).toMatch(
      /false alarm.*\n[\s\S]*Points shifted by 1σ, found after\n\d/,
    );
  });

  test('an engineer runs the past of a stream again and reads what would be different; an operator is not offered it', async () => {
    const path = `/streams?id=${encodeURIComponent(streamWithSignal())}`;
    const engineer = await rig.open({ width: 1280, language: 'en', user: 'engineer' }, path);
    await engineer.page.locator('.replay-card select').selectOption('limits');
    await engineer.page.locator('.replay-card button').click();
    await engineer.page.locator('.replay-card [role=status]').waitFor();
    expect(await engineer.page.locator('.replay-card').innerText()).toMatch(
      /Signals gained\n0\n[\s\S]*nothing has changed/,
    );
    expect(engineer.problems).toEqual([]);
    await engineer.close();
    const operator = await rig.open({ width: 1280, language: 'ko', user: 'operator' }, path);
    await operator.page.locator('.price-card').waitFor();
    expect(await operator.page.locator('.replay-card').count()).toBe(0);
    await operator.close();
  });

  test('a finger on the chart shows the values of the subgroup below it, and they stay when it is lifted', async () => {
    const { page } = await view(EN_PHONE_DARK, `/streams?id=${encodeURIComponent(streamWithSignal())}`);
    await page.locator('canvas').waitFor();
    const box = await page.locator('canvas').boundingBox();
    if (box === null) throw new Error('the chart has no box');
    await page.touchscreen.tap(box.x + box.width / 2, box.y + 60);
    await page
      .locator('.chart-tip')
      .getByText(/^mean x̄ \d/)
      .waitFor();
    expect(await page.locator('.chart-tip').innerText()).toMatch(/lot R\d+/);
  });

  test('the data table twin holds the numbers of the chart', async () => {
    const stream = rig.plant.streams().find((s) => s.split !== '');
    const { page } = await view(KO, `/streams?id=${encodeURIComponent(stream?.id ?? '')}`);
    await page.locator('.table-card summary').click();
    const newest = stream?.lastPoints.find((p) => p.lane === 0);
    const row = await page.locator('.table-card tbody tr').first().innerText();
    expect(row).toContain(newest?.value.toFixed(3) ?? 'none');
    expect(await page.locator('.table-card tbody tr').count()).toBe(50);
  });

  test('a new subgroup arrives on the chart without a reload', async () => {
    const id = streamWithSignal();
    const { page, problems } = await view(KO, `/streams?id=${encodeURIComponent(id)}`);
    await page.locator('.table-card summary').click();
    const newestTime = page.locator('.table-card tbody tr td').first();
    const before = await newestTime.innerText();
    await expectLive(page);
    await page.evaluate('globalThis.isSamePage = true');
    const was = rig.plant.stream(id)?.lastTimeMs;
    for (let i = 0; i < 500 && rig.plant.stream(id)?.lastTimeMs === was; i += 1) rig.plant.tick(1);
    await expect.poll(() => newestTime.innerText(), POLL).not.toBe(before);
    expect(await page.locator('.table-card tbody tr').count()).toBe(50);
    expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
    expect(problems).toEqual([]);
  });

  test('a new alarm arrives on the overview without a reload', async () => {
    const { page } = await view(KO, '/');
    await page.locator('.cell').first().waitFor();
    await expectLive(page);
    await page.evaluate('globalThis.isSamePage = true');
    const openAlarms = async (): Promise<number> => (await rig.plant.alarms({ open: true, limit: 500 })).length;
    const was = await openAlarms();
    for (let i = 0; i < 500 && (await openAlarms()) === was; i += 1) rig.plant.tick(1, 8);
    const now = await openAlarms();
    expect(now).toBeGreaterThan(was);
    await expect.poll(() => page.locator('.badge').innerText(), POLL).toBe(String(now));
    expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
  });

  test('an alarm is found, acknowledged and given its cause by keyboard alone', async () => {
    const { page, problems } = await view(KO, '/alarms');
    await page.locator('.needs a').first().waitFor();
    await page.keyboard.press('j');
    await page.locator('.alarm-detail').waitFor();
    const id = new URL(page.url()).searchParams.get('id') ?? '';
    await page.keyboard.press('a');
    await page.locator('.alarm-detail .state.is-acknowledged').waitFor();
    const [row] = await rig.plant.alarms({ open: true, limit: 200, id });
    expect([row?.state, row?.acknowledgedBy]).toEqual(['acknowledged', 'engineer']);
    await page.keyboard.press('c');
    await page.keyboard.type('공구');
    await page.locator('.cause select').selectOption('tool_wear');
    await page.locator('.cause textarea').fill('인서트 교체');
    await page.getByRole('button', { name: '원인 저장' }).press('Enter');
    await page.getByText('저장했습니다').waitFor();
    const [after] = await rig.plant.alarms({ open: true, limit: 200, id });
    expect([after?.cause, after?.comment]).toEqual(['tool_wear', '인서트 교체']);
    expect(problems).toEqual([]);
  });

  test('a viewer reads alarms but is offered no action', async () => {
    const { page, close } = await rig.open({ ...KO, user: 'viewer' }, '/alarms');
    await page.locator('.needs a').first().waitFor();
    await page.keyboard.press('j');
    await page.getByText('조회 권한만').waitFor();
    expect(await page.locator('.cause').count()).toBe(0);
    await close();
  });

  test('the keyboard finds a characteristic, shows its help and closes both', async () => {
    const { page } = await view(KO, '/');
    await page.locator('.cell').first().waitFor();
    await page.keyboard.press('Shift+Slash');
    await page.locator('dialog[open]').getByText('단축키').first().waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.locator('dialog[open] input:focus').waitFor();
    await page.keyboard.type('압');
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.locator('dialog[open] input:focus').waitFor();
    await page.keyboard.type('토크');
    await page.locator('#search-0').getByText('체결 토크').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await page.waitForURL(/streams\?id=/);
    await page.getByRole('heading', { level: 1, name: /체결 토크/ }).waitFor();
  });

  test('signing in with a password works and a wrong one says so', async () => {
    const { page, close } = await rig.open(KO, '/');
    await page.getByRole('button', { name: '로그아웃' }).click();
    await page.getByLabel('사용자 이름').fill('operator');
    await page.getByLabel('비밀번호').fill('wrong');
    await page.getByRole('button', { name: '로그인', exact: true }).click();
    await page.getByRole('alert').waitFor();
    await expectAccessible(page);
    await page.getByLabel('비밀번호').fill('demo-operator');
    await page.getByRole('button', { name: '로그인', exact: true }).click();
    await page.locator('.cell').first().waitFor();
    await close();
  });

  test('language and theme change on the spot and are remembered', async () => {
    const { page, close } = await rig.open(KO, '/');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByText('Needs you').waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('en');
    await page.getByRole('button', { name: /^Theme/ }).click();
    await page.getByRole('button', { name: /^Theme/ }).click();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    expect(await page.evaluate('localStorage.getItem("pumjil.theme")')).toBe('dark');
    await close();
  });

  test('an unknown stream and an unknown address say so', async () => {
    const { page } = await view(KO, '/streams?id=nothing');
    await page.getByRole('alert').getByText('이 관리 항목을 찾을 수 없습니다').waitFor();
    await page.goto(`${rig.url}/no-such-screen`);
    await page.getByText('이 주소에는 화면이 없습니다').waitFor();
  });

  test('a page prints to A4 without its controls', async () => {
    const { page } = await view(KO, `/streams?id=${encodeURIComponent(streamWithSignal())}`);
    await page.locator('canvas').waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.locator('canvas').isVisible()).toBe(true);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.emulateMedia({ media: null });
  });

  test('a part that is not being made is shown quietly, and header and matrix agree on it', async () => {
    const { page } = await view(KO, '/');
    await page.locator('.cell').first().waitFor();
    const idle = await page.locator('.cell.is-idle').count();
    const rows = await page.locator('.matrix tr.is-idle button').allInnerTexts();
    expect(rows.reduce((sum, text) => sum + Number(text), 0)).toBe(idle);
    const header = await page.locator('.counts').innerText();
    expect(Number(/생산 안 함 (\d+)/.exec(header)?.[1] ?? 0)).toBe(idle);
  });

  test('before the first value the overview says what it waits for', async () => {
    const { page, close } = await rig.open(KO, '/health');
    await page.route('**/api/streams', (route) => route.fulfill({ json: { nowMs: rig.plant.nowMs(), streams: [] } }));
    await page.goto(`${rig.url}/`);
    await page.getByText('아직 측정값이 없습니다').waitFor();
    await page.locator('.beginning-adapters li').first().waitFor();
    expect(await page.locator('.beginning-adapters li').count()).toBe(rig.plant.health().adapters.length);
    await expectAccessible(page);
    await close();
  });

  test('what a person must act on stands on top of the health screen, in words, with its button', async () => {
    const { page, close } = await rig.open(KO, '/');
    const warning = { code: 'disk_failed', text: 'EIO: i/o error, fdatasync', sinceMs: rig.plant.nowMs() };
    let isAcknowledged = false;
    await page.route('**/api/health', async (route) => {
      const health = await (await route.fetch()).json();
      await route.fulfill({ json: { ...health, warnings: isAcknowledged ? [] : [warning] } });
    });
    await page.route('**/api/health/disk-failed/acknowledge', (route) => {
      isAcknowledged = true;
      return route.fulfill({ json: { warnings: [] } });
    });
    await page.goto(`${rig.url}/health`);
    const card = page.locator('.warnings-card');
    await card.getByText('디스크를 점검한 뒤').waitFor();
    expect(await card.innerText()).toContain('fdatasync');
    await expectAccessible(page);
    await card.getByRole('button', { name: '확인' }).click();
    await card.waitFor({ state: 'detached' });
    await close();
  });

  test('while the past is read in the overview says how far, and calls nothing late', async () => {
    rig.setAhead(30 * 86_400_000);
    const { page } = await view(KO, '/');
    await page.locator('.cell').first().waitFor();
    rig.plant.tick(30);
    await page.getByText('지난 자료를 읽는 중입니다').waitFor();
    expect(await page.locator('.cell.is-late, .cell.is-idle').count()).toBe(0);
    rig.setAhead(0);
  });

  test('streams without values are hatched and say when they were last seen, never shown as well', async () => {
    rig.setAhead(30 * 86_400_000);
    const { page } = await view(KO, '/');
    await page.locator('.cell.is-late').first().waitFor();
    const silent = await page.locator('.cell.is-late, .cell.is-idle').count();
    expect(silent).toBe(rig.plant.streams().length);
    expect(await page.locator('.lines').innerText()).toMatch(/마지막 값 \d+일 전/);
    rig.setAhead(0);
  });

  // Last: it ends the server.
  test('when the server goes away the header says since when and nothing pretends to be live', async () => {
    const { page } = await view(KO, '/');
    await page.locator('.cell').first().waitFor();
    await expectLive(page);
    await rig.stopServer();
    await page.getByText(/연결 끊김/).waitFor();
    expect(await page.locator('main.is-cut').count()).toBe(1);
  });

  async function expectLive(page: Page): Promise<void> {
    await page.locator('.live.is-open').waitFor();
  }
});
