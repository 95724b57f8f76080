import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Store } from '../../plans/ports/index.ts'
import { storeConformance } from '../../plans/ports/conformance.ts'
import { openStore } from './open-store.ts'

let directory: string
let store: Store

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'greenwave-pglite-'))
  store = await openStore({ directory })
})
afterAll(async () => {
  await store?.close()
  rmSync(directory, { recursive: true, force: true })
})

describe('the store on the embedded database', () => {
  storeConformance('pglite', () => store, it)
})
