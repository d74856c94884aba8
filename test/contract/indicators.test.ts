// Every indicator of the evaluation model keeps the indicator contract.
import { describe } from 'vitest';
import { loadModel } from '../../src/diagnosis/model.ts';
import { indicatorContract } from './indicator.ts';

const model = loadModel();
for (const { id } of model.indicators) describe(`indicator ${id}`, () => indicatorContract(model, id));
