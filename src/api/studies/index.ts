// Studies: statistics on data that the client sends. Nothing is stored and nothing changes.
import * as z from 'zod';
import { STUDIES } from '../../studies/registry.ts';
import { runStudy, studySchemas } from '../../studies/run-study.ts';
import type { ApiArea } from '../context.ts';
import { StudiesAnswer, StudyAnswer } from '../contract/studies.ts';

/** About two hundred thousand values; more is for the command line, which does not hold up the server. */
const BODY_BYTES = 4 * 1024 * 1024;

const studies: ApiArea = async (app) => {
  app.get(
    '/api/studies',
    {
      config: { access: 'viewer' },
      schema: {
        summary: 'Every study with the form of its input',
        tags: ['studies'],
        response: { 200: StudiesAnswer },
      },
    },
    async () => ({
      studies: Object.entries(STUDIES).map(([name, { title, reference }]) => ({
        name,
        title: { ...title },
        reference,
        // A JSON Schema is an object.
        input: studySchemas(name).input as Record<string, unknown>,
      })),
    }),
  );

  app.post(
    '/api/studies/:name',
    {
      config: { access: 'viewer' },
      bodyLimit: BODY_BYTES,
      schema: {
        summary: 'Runs a study on the data of the request; nothing is stored',
        tags: ['studies'],
        params: z.object({ name: z.string().describe('Name of the study, as listed by GET /api/studies.') }),
        body: z
          .record(z.string(), z.unknown())
          .describe('Input as documented by the study; null where a value is missing.'),
        response: { 200: StudyAnswer },
      },
    },
    // The study's own schema made the result; it always has verdict, assumptions and source.
    async ({ params, body }) => runStudy(params.name, body) as z.infer<typeof StudyAnswer>,
  );
};
export default studies;
