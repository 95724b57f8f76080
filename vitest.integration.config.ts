import { defineConfig } from 'vitest/config'

// Real peers (SUMO, a browser) and whole commands: one file at a time, because the machine has two cores.
export default defineConfig({
  test: {
    include: ['**/*.integration.ts'],
    globalSetup: ['./test/built.ts'],
    exclude: ['dist/**', 'node_modules/**'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'out/test-integration.json' }]] : ['default'],
  },
})
