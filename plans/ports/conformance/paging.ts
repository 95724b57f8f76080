import assert from 'node:assert/strict'
import fc from 'fast-check'
import { cardOf, deploymentOf, jobOf, planOf, SUNDAY_S } from '../../testing/records.ts'
import type { Page, PageRequest, Store } from '../store.ts'
import { refuses, type StoreSuite, times } from './suite.ts'

interface Listed {
  add(store: Store, own: string, i: number): Promise<unknown>
  list(store: Store, own: string, page: PageRequest): Promise<Page<{ id: string } | { subject: string; action: string }>>
}

const LISTS: Record<string, Listed> = {
  // Three plans a second: what was made at once must not be lost between pages.
  'plans': { add: (store, own, i) => store.plans.insert(planOf(`${own}-${i}`, { network: own, created_at: SUNDAY_S + Math.floor(i / 3) })), list: (store, own, page) => store.plans.list({ network: own }, page) },
  'jobs': { add: (store, own, i) => store.jobs.insert(jobOf(`${own}-${i}`, { kind: own, created_at: SUNDAY_S + Math.floor(i / 3) })), list: (store, own, page) => store.jobs.list({ kind: own }, page) },
  'places': { add: (store, own, i) => store.treatments.put(own, cardOf(`${own}-${i}`), 0), list: (store, own, page) => store.treatments.list(own, page) },
  'deployments': { add: (store, own, i) => store.deployments.insert(deploymentOf(`${own}-${i}`, { network: own, created_at: SUNDAY_S + Math.floor(i / 3) })), list: (store, own, page) => store.deployments.list({ network: own }, page) },
  'audit entries': {
    add: (store, own, i) => store.audit.append({ time_s: SUNDAY_S, actor: own, action: `${own}-${i}`, subject_kind: 'plan', subject: 'x', detail: {} }),
    list: (store, own, page) => store.audit.list({ actor: own }, page),
  },
}
const idOf = (item: { id: string } | { subject: string; action: string }): string => ('action' in item ? item.action : item.id)

export function pagingCases({ test }: StoreSuite): void {
  for (const [what, { add, list }] of Object.entries(LISTS)) {
    test(`gives all ${what} exactly once page by page while others are added`, async (store, own) => {
      let n = 0
      await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 12 }), async (limit, before) => {
        const name = `${own}x${n++}`
        for (let i = 0; i < before; i++) await add(store, name, i)
        const seen: string[] = []
        let added = before
        for (let page: Page<Parameters<typeof idOf>[0]> | undefined; page === undefined || page.next !== undefined;) {
          page = await list(store, name, { limit, ...(page === undefined ? {} : { after: page.next! }) })
          assert.ok(page.items.length <= limit)
          seen.push(...page.items.map(idOf))
          await add(store, name, added++)
        }
        assert.equal(new Set(seen).size, seen.length, `twice on the pages: ${seen.join(' ')}`)
        for (const id of times(before, (i) => `${name}-${i}`)) assert.ok(seen.includes(id), `${id} is on no page: ${seen.join(' ')}`)
      }), { numRuns: 6 })
    })
    test(`refuses a page of ${what} of no size and a cursor that is none`, async (store, own) => {
      for (const limit of [0, 1001, 1.5, Number.NaN]) await refuses('request.invalid', () => list(store, own, { limit }))
      const cursors = ['', 'x', 'bm9uZQ', Buffer.from('[1,2,3]').toString('base64url'), Buffer.from('[null,null]').toString('base64url'), Buffer.from('["\0"]').toString('base64url')]
      for (const after of cursors) await refuses('request.invalid', () => list(store, own, { limit: 5, after }))
    })
  }
  test('shows the newest plans, jobs and audit entries first', async (store, own) => {
    for (const what of ['plans', 'jobs', 'audit entries'] as const) {
      for (let i = 0; i < 7; i++) await LISTS[what]!.add(store, `${own}${what}`, i)
      const { items } = await LISTS[what]!.list(store, `${own}${what}`, { limit: 3 })
      assert.equal(idOf(items[0]!), `${own}${what}-6`)
    }
  })
}
