import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '../ports/audit-log.ts'
import { canonicalJson } from '../ports/canonical.ts'
import { chainEntry } from '../ports/chain.ts'
import { memoryStore } from '../testing/memory-store.ts'
import { verifyAudit, verifyChain } from './audit.ts'

const chainOf = (details: readonly Record<string, unknown>[]): AuditEntry[] => {
  const entries: AuditEntry[] = []
  for (const [i, detail] of details.entries()) entries.push(chainEntry({ time_s: 1000 + i, actor: 'wang', action: 'plan.edit', subject_kind: 'plan', subject: `p${i % 3}`, detail }, entries.at(-1)))
  return entries
}

const details = fc.array(fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }).filter((key) => key !== '__proto__'), fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>), { minLength: 1, maxLength: 8 })

describe('the audit', () => {
  it('holds as it was written', () => {
    fc.assert(fc.property(details, (all) => {
      const entries = chainOf(JSON.parse(JSON.stringify(all)) as Record<string, unknown>[])
      expect(verifyChain(entries)).toEqual({ entries: entries.length, head: { seq: entries.length, hash: entries.at(-1)!.hash } })
    }), { numRuns: 40 })
  })

  it('shows any byte that was changed, and the first entry that is wrong', () => {
    fc.assert(fc.property(details, fc.nat(), fc.nat(), fc.integer({ min: 32, max: 126 }), (all, which, place, byte) => {
      const entries = chainOf(JSON.parse(JSON.stringify(all)) as Record<string, unknown>[])
      const i = which % entries.length
      const text = JSON.stringify(entries[i])
      const at = place % text.length
      const bad = text.slice(0, at) + String.fromCharCode(byte) + text.slice(at + 1)
      let stored: AuditEntry
      try {
        stored = JSON.parse(bad) as AuditEntry
      } catch {
        return
      }
      // The same values written otherwise are the same entry.
      if (canonicalJson(stored) === canonicalJson(entries[i])) return
      expect(verifyChain(entries.with(i, stored)).broken?.seq).toBe(i + 1)
    }), { numRuns: 200 })
  })

  it('shows what was taken out, put in, doubled or exchanged', () => {
    const entries = chainOf([{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }])
    expect(verifyChain(entries.toSpliced(1, 1)).broken).toEqual({ seq: 2, sentence: 'entry 2 is missing: 3 stands in its place' })
    expect(verifyChain(entries.toSpliced(2, 0, entries[1]!)).broken?.seq).toBe(3)
    expect(verifyChain([entries[1]!, entries[0]!, ...entries.slice(2)]).broken?.seq).toBe(1)
    // Written anew from there on with hashes that fit: only who noted an entry before can tell.
    const forged = chainOf([{ a: 1 }, { a: 'other' }, { a: 3 }, { a: 4 }])
    expect(verifyChain(forged).broken).toBeUndefined()
    expect(verifyChain(forged, entries[2]).broken).toEqual({ seq: 3, sentence: 'entry 3 is not the one that was noted' })
    expect(verifyChain(entries.slice(0, 2), entries[3]).broken).toEqual({ seq: 3, sentence: 'the audit ends at entry 2, but entry 4 was noted' })
  })

  it('is read from a store piece by piece', async () => {
    const store = memoryStore()
    for (let i = 0; i < 5; i++) await store.audit.append({ time_s: i, actor: 'x', action: 'y', subject_kind: 'z', subject: 's', detail: { i } })
    expect(await verifyAudit(store.audit)).toMatchObject({ entries: 5, head: { seq: 5 } })
    const all: AuditEntry[] = []
    for await (const piece of store.audit.all()) all.push(...piece)
    const log = { async *all() { yield all.slice(0, 2); yield [{ ...all[2]!, actor: 'w' }]; yield all.slice(3) } }
    expect(await verifyAudit(log)).toMatchObject({ entries: 3, head: { seq: 2 }, broken: { seq: 3, sentence: 'entry 3 is not what was written' } })
  })
})
