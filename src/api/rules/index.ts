// Rules and what they cost: the sets of this installation, the price of a stream's rules, the plant's budget of false alarms.
import { costOf, propose } from '../../budget/budget.ts';
import { createPrices } from '../../budget/prices.ts';
import { PumjilError } from '../../errors.ts';
import type { ApiArea, ApiContext } from '../context.ts';
import { BudgetAnswer, PriceQueryParams, RuleSetsAnswer, StreamPriceAnswer } from '../contract/rules.ts';
import type { BudgetJson } from '../contract.ts';
import { notFound } from '../failure.ts';
import { figure } from '../json.ts';
import { createPace } from './pace.ts';
import { priceOfRules, priceOfStream, rulesFrom, ruleWords } from './price.ts';

const tags = ['rules'];
/** Streams named in the budget, those that cost most. */
const DEAREST = 20;

const rules: ApiArea = async (app, { context }) => {
  const { plant } = context;
  const prices = createPrices();
  const pace = createPace(context);
  app.addHook('onClose', async () => prices.stop());

  app.get(
    '/api/rules',
    {
      config: { access: 'viewer' },
      schema: { summary: 'Rule sets with their sentences and prices', tags, response: { 200: RuleSetsAnswer } },
    },
    async () => {
      const sets = [...(plant.ruleSets ?? [])].map(async ([id, set]) => {
        const list = Object.entries(set).map(([rule, sentence]) => ({ id: rule, sentence }));
        return { id, rules: list.map(ruleWords), price: await priceOfRules(list, prices) };
      });
      return { sets: await Promise.all(sets) };
    },
  );

  app.get(
    '/api/rules/price',
    {
      config: { access: 'viewer' },
      schema: {
        summary: 'What rules cost in false alarms, and what they find for that',
        description: 'Exact where that is possible, else simulated with an interval; computed once, then kept.',
        tags,
        querystring: PriceQueryParams,
        response: { 200: StreamPriceAnswer },
      },
    },
    async (request) => {
      const { stream: id, rules: text } = request.query;
      const asked = text === undefined ? undefined : rulesFrom(text, plant.ruleSets);
      if (id === undefined) {
        if (asked === undefined) throw nothingAsked();
        return { stream: null, price: await priceOfRules(asked, prices) };
      }
      const stream = plant.stream(id);
      const plan = plant.plan.characteristics.find((each) => each.id === stream?.characteristic);
      if (stream === undefined || plan === undefined) throw notFound(`stream ${id}`, 'See /api/streams for their ids.');
      const pointsPerDay = await pace.of(id);
      return { stream: id, price: await priceOfStream({ stream, plan, pointsPerDay, rules: asked }, prices) };
    },
  );

  app.get(
    '/api/rules/budget',
    {
      config: { access: 'viewer' },
      schema: {
        summary: 'What the plan in force costs in false alarms, beside the budget of the plant',
        tags,
        response: { 200: BudgetAnswer },
      },
    },
    async () => {
      const streams = await budgetStreams(context, pace);
      const cost = costOf(streams);
      const budget = plant.plan.falseAlarmsPerDay;
      const dearest = cost.streams
        .filter(({ perDay }) => !Number.isNaN(perDay))
        .sort((a, b) => b.perDay - a.perDay)
        .slice(0, DEAREST);
      return {
        budget: figure(budget),
        perDay: cost.perDay,
        byClass: { ...cost.byClass },
        unknown: cost.unknown,
        isApproximate: cost.isApproximate,
        dearest: dearest.map(({ stream, pointsPerDay, perDay }) => ({ stream, pointsPerDay, perDay })),
        proposals:
          budget === undefined
            ? []
            : // The answer's schema copies it; rules are plain data.
              (structuredClone(propose(streams, budget, plant.ruleSets ?? new Map())) as BudgetJson['proposals']),
      };
    },
  );
};
export default rules;

async function budgetStreams({ plant }: ApiContext, pace: ReturnType<typeof createPace>) {
  const plans = new Map(plant.plan.characteristics.map((plan) => [plan.id, plan]));
  const found = [];
  for (const { id, characteristic } of plant.streams()) {
    const plan = plans.get(characteristic);
    if (plan !== undefined) found.push({ stream: id, characteristic: plan, pointsPerDay: await pace.of(id) });
  }
  return found;
}

function nothingAsked(): PumjilError {
  return new PumjilError('API_BAD_REQUEST', {
    message: 'neither a stream nor rules were named',
    hint: 'Ask ?stream=<id>, ?rules=<set>, or both.',
  });
}
