// A disk that has failed: readable by all, acknowledged by an engineer, never by a viewer.
import { expect, onTestFinished, test } from 'vitest';
import { startTestApi } from '../../../test/api/client.ts';
import { createPlantFixture } from '../../../test/fixtures/plant.ts';
import type { CommandEntry } from '../../journal/journal.ts';
import { HealthAnswer, WarningsAnswer } from '../contract/health.ts';
import type { Health, HealthWarning, Plant } from '../plant.ts';

const PATH = '/api/health/disk-failed/acknowledge';

test('an engineer acknowledges that the disk has failed; the command is journaled under the name, an operator may not', async () => {
  const fixture = createPlantFixture({ days: 1 });
  const submitted: CommandEntry[] = [];
  let warnings: readonly HealthWarning[] = [{ code: 'disk_failed', text: 'The disk has failed.', sinceMs: 5 }];
  const plant: Plant = {
    ...fixture,
    health: (): Health => ({ ...fixture.health(), warnings }),
    async submit(entry) {
      if (entry.kind !== 'command') throw new Error(`a ${entry.kind} entry`);
      submitted.push(entry);
      warnings = [];
      return 1;
    },
  };
  const api = await startTestApi({ plant });
  onTestFinished(() => api.close());
  const cookieOf = async (role: 'viewer' | 'operator' | 'engineer') =>
    `pumjil_session=${await fixture.users.open({ name: role, role }, 0)}`;
  const engineer = await cookieOf('engineer');
  const health = await api.ask('/api/health', { cookie: await cookieOf('viewer') });
  expect(HealthAnswer.parse(health.json).warnings).toEqual(warnings);
  expect((await api.ask(PATH, { method: 'POST', cookie: await cookieOf('operator') })).status).toBe(403);
  expect(submitted).toEqual([]);
  const answer = await api.ask(PATH, { method: 'POST', cookie: engineer });
  expect(WarningsAnswer.parse(answer.json)).toEqual({ warnings: [] });
  expect(submitted).toMatchObject([{ kind: 'command', verb: 'acknowledge', alarm: 'disk_failed', author: 'engineer' }]);
  // There is nothing left to acknowledge.
  expect((await api.ask(PATH, { method: 'POST', cookie: engineer })).status).toBe(200);
  expect(submitted).toHaveLength(1);
});
