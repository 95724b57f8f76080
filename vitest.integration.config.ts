import { defineConfig } from 'vitest/config'

/** Tests that draw `runsOf`. */
const DRAWING = ['adapters/formats/{osm,geojson}/bad-input.test.ts', 'adapters/formats/{utdf,cityflow}/fuzz.test.ts', 'simulation/testing/random-junctions.test.ts', 'optimizer/bands/agreement.test.ts']
/** Mostly wait, for controllers that are silent, slow or gone: two at a time take hardly longer than one. */
const WAITING = ['adapters/controllers/**/*.integration.ts', 'test/controllers/*-faults.integration.ts']
const NEVER = ['dist/**', 'node_modules/**']

// Real peers (SUMO, a browser) and whole commands.
export default defineConfig({
  test: {
    // With all of their random draws, of which the unit tests take a quarter.
    env: { GREENWAVE_RUNS: process.env.GREENWAVE_RUNS ?? 'all' },
    globalSetup: ['./test/built.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'out/test-integration.json' }]] : ['default'],
    projects: [
      { extends: true, test: { name: 'waiting', include: WAITING, exclude: NEVER, maxWorkers: 2, sequence: { groupOrder: 1 } } },
      // One file at a time, because the machine has two cores.
      { extends: true, test: { name: 'one by one', include: ['**/*.integration.ts', ...DRAWING], exclude: [...NEVER, ...WAITING], fileParallelism: false, sequence: { groupOrder: 2 } } },
    ],
  },
})
