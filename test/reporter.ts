// The last line of a test run: `N passed, N failed, N skipped`. Skips are listed with their reason where they give one.
import type { Reporter, TestModule } from 'vitest/node';

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandled.length;
    let skipped = 0;
    const skips: string[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) failed += 1;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'failed') failed += 1;
        else {
          skipped += 1;
          const note = result.state === 'skipped' ? result.note : undefined;
          skips.push(`${test.fullName}${note === undefined ? '' : ` (${note})`}`);
        }
      }
    }
    process.on('exit', () => {
      for (const skip of skips) process.stdout.write(`skipped: ${skip}\n`);
      process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }
}
