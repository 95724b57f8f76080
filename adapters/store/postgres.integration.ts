import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Store } from '../../plans/ports/index.ts'
import { storeConformance } from '../../plans/ports/conformance.ts'
import { openStore } from './open-store.ts'
import { startPostgres, type TestPostgres } from './testing.ts'

let postgres: TestPostgres
let store: Store

beforeAll(async () => {
  postgres = await startPostgres()
  store = await openStore({ url: postgres.url })
})
afterAll(async () => {
  await store?.close()
  postgres?.remove()
})

describe('the store on PostgreSQL', () => {
  storeConformance('postgres', () => store, it)
})
