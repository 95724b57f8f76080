// Golden files: what a test expects, as a file beside it. UPDATE_GOLDEN=1 writes the file and fails that run, so that
// nobody accepts a change without reading it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

/** Compares with the golden file. `golden` is a URL relative to the test: new URL('golden/x.svg', import.meta.url). */
export function expectGolden(actual: string, golden: URL): void {
  const path = fileURLToPath(golden)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, actual)
    expect.fail(`wrote ${path}; look at it, then run again without UPDATE_GOLDEN`)
  }
  if (!existsSync(path)) expect.fail(`${path} is missing; run once with UPDATE_GOLDEN=1`)
  expect(actual).toBe(readFileSync(path, 'utf8'))
}
