import { defineConfig } from 'vitest/config'

/** Tests that draw `runsOf`. */
const DRAWING = ['adapters/formats/{osm,geojson}/bad-input.test.ts', 'adapters/formats/{utdf,cityflow}/fuzz.test.ts', 'simulation/testing/random-junctions.test.ts', 'optimizer/bands/agreement.test.ts', 'optimizer/paths/paths.test.ts']
/** Mostly wait, for controllers and brokers that are silent, slow or gone: three at a time take hardly longer than one. */
const WAITING = ['adapters/{controllers,feeds,streams}/**/*.integration.ts', 'api/{cabinets,ingest}/{agent,mqtt,nats}.integration.ts', 'test/controllers/*-faults.integration.ts']
/** Services of several processes that are killed, starved and timed, and a demo that simulates on every core: beside others they would tell of the others. */
const BY_ITSELF = ['test/endurance/*.integration.ts', 'test/web/demo-town.integration.ts']
const NEVER = ['dist/**', 'node_modules/**']

// Real peers (SUMO, a browser) and whole commands.
export default defineConfig({
  test: {
    // With all of their random draws, of which the unit tests take a quarter.
    env: { GREENWAVE_RUNS: process.env.GREENWAVE_RUNS ?? 'all' },
    globalSetup: ['./test/built.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A page may take as long to show something as the browser's own waits allow, not the second that is usual.
    expect: { poll: { timeout: 30_000 } },
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'out/test-integration.json' }]] : ['default'],
    // A file uses one core most of the time, ports that are free and folders of its own; CI has two cores.
    projects: [
      { extends: true, test: { name: 'waiting', include: WAITING, exclude: NEVER, maxWorkers: 3, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'side by side', include: ['**/*.integration.ts', ...DRAWING], exclude: [...NEVER, ...WAITING, ...BY_ITSELF], maxWorkers: 2, sequence: { groupOrder: 2 } } },
      { extends: true, test: { name: 'by itself', include: BY_ITSELF, exclude: NEVER, fileParallelism: false, sequence: { groupOrder: 3 } } },
    ],
  },
})
