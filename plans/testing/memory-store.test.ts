import { describe, expect, it } from 'vitest'
import { storeConformance } from '../ports/conformance.ts'
import { memoryStore } from './memory-store.ts'

describe('the store in memory', () => {
  const store = memoryStore()
  storeConformance('memory', () => store, it)

  it('says that it was closed', async () => {
    const closed = memoryStore()
    await closed.close()
    await expect(closed.ping()).rejects.toMatchObject({ code: 'store.unreachable' })
  })
})
