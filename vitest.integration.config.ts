import { defineConfig } from 'vitest/config'

/** Tests that draw `runsOf`. */
const DRAWING = ['adapters/formats/{osm,geojson}/bad-input.test.ts', 'adapters/formats/{utdf,cityflow}/fuzz.test.ts', 'simulation/testing/random-junctions.test.ts', 'optimizer/bands/agreement.test.ts']

// Real peers (SUMO, a browser) and whole commands: one file at a time, because the machine has two cores.
export default defineConfig({
  test: {
    // With all of their random draws, of which the unit tests take a quarter.
    include: ['**/*.integration.ts', ...DRAWING],
    env: { GREENWAVE_RUNS: 'all' },
    globalSetup: ['./test/built.ts'],
    exclude: ['dist/**', 'node_modules/**'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'out/test-integration.json' }]] : ['default'],
  },
})
