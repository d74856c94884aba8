// A plant, its server and a browser: what every test of a screen stands on.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Api, startApi } from '../../src/api/server.ts';
import type { Log } from '../../src/component.ts';
import { createPlantFixture, type PlantFixture } from '../fixtures/plant.ts';
import { builtApp } from './built-app.ts';
import { startChromium } from './chromium.ts';

export interface ScreenOptions {
  readonly width: number;
  readonly height?: number;
  readonly language: 'ko' | 'en';
  readonly theme?: 'light' | 'dark';
  readonly user?: 'viewer' | 'operator' | 'engineer';
}

export interface Screen {
  readonly page: Page;
  /** Console errors and exceptions so far; empty when all is well. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

export interface ScreenRig {
  readonly plant: PlantFixture;
  readonly url: string;
  /** A signed-in page in a browser profile of its own. */
  open(options: ScreenOptions, path: string): Promise<Screen>;
  /** The server's clock goes ahead of the newest value: nothing came for so long. */
  setAhead(ms: number): void;
  /** Ends the server alone, as a cut network does. */
  stopServer(): Promise<void>;
  close(): Promise<void>;
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Starts everything on loopback. The fixture's clock is the server's clock. */
export async function startRig(executablePath: string): Promise<ScreenRig> {
  const [dashboardsFolder, browser] = await Promise.all([builtApp(), startChromium(executablePath)]);
  const plant = createPlantFixture({ seed: 7 });
  let aheadMs = 0;
  const api = await startApi({
    plant,
    host: '127.0.0.1',
    port: 0,
    dashboardsFolder,
    log: SILENT,
    now: () => plant.nowMs() + aheadMs,
  });
  let isStopped = false;
  const stopServer = async (): Promise<void> => {
    if (!isStopped) await api.close();
    isStopped = true;
  };
  return {
    plant,
    url: api.url,
    open: (options, path) => openScreen(browser, plant, api, options, path),
    setAhead(ms) {
      aheadMs = ms;
    },
    stopServer,
    async close() {
      await browser.close();
      await stopServer();
    },
  };
}

async function openScreen(
  browser: Browser,
  plant: PlantFixture,
  api: Api,
  options: ScreenOptions,
  path: string,
): Promise<Screen> {
  const context = await browser.newContext({
    viewport: { width: options.width, height: options.height ?? (options.width < 700 ? 844 : 900) },
    colorScheme: options.theme ?? 'light',
    reducedMotion: 'reduce',
    hasTouch: options.width < 700,
  });
  await signIn(context, plant, api.url, options.user ?? 'engineer');
  await context.addInitScript((language) => localStorage.setItem('pumjil.language', language), options.language);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.setDefaultTimeout(20_000);
  await page.goto(api.url + path);
  return { page, problems, close: () => context.close() };
}

async function signIn(context: BrowserContext, plant: PlantFixture, url: string, user: string): Promise<void> {
  const known = await plant.users.verify(user, `demo-${user}`);
  if (known === undefined) throw new Error(`the fixture has no user ${user}`);
  const token = await plant.users.open(known, plant.nowMs());
  await context.addCookies([{ name: 'pumjil_session', value: token, url }]);
}
