import type { StudyExample } from '../study-example.ts';

export const examples: readonly StudyExample[] = [
  {
    source: 'Montgomery, 7th ed. (2013), 6.2.6: Φ(L − δ√n) − Φ(−L − δ√n), by SciPy 1.17 (norm.cdf)',
    input: { n: 5, L: 3, shift: [2] },
    expected: { beta: [0.0704920839469958] },
    within: 1e-12,
  },
];
