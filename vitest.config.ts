import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'adapters/**/*.test.ts',
      'demo/**/*.test.ts',
      'test/**/*.test.ts',
      'dashboards/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/campaign/**'],
    pool: 'threads',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default', './test/reporter.ts'],
  },
});
