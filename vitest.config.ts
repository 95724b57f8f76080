import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Need modules of their own: a folder that the first file of several takes away at its end, clocks that are put on. */
const ALONE = ['adapters/formats/sumo/**/*.test.ts', 'adapters/schedule/daily.test.ts', 'api/operations/store-keeper.test.ts', 'api/parts/parts.test.ts']
const NEVER = ['dist/**', 'node_modules/**']

export default defineConfig({
  test: {
    testTimeout: 120_000,
    // Every core, and one more: controllers under test are mostly waited for. By itself the runner leaves a core out.
    maxWorkers: availableParallelism() + 1,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'out/test-unit.json' }]] : ['default'],
    projects: [
      // The files of a process share its modules: loading them anew for each file was a fifth of the time of all tests.
      { extends: true, test: { name: 'together', include: ['**/*.test.ts'], exclude: [...NEVER, ...ALONE], isolate: false } },
      { extends: true, test: { name: 'alone', include: ALONE, exclude: NEVER } },
    ],
  },
})
