import { describe, expect, it } from 'vitest'
import type { PlaceCard } from '../../model/diagnosis.ts'
import { filtered, isOverdue, nextSteps, sizeOf, STATUSES } from './cards.ts'

const card = (id: string, part: Partial<PlaceCard> = {}): PlaceCard => ({ id, name: id, links: [], delay_veh_h_per_day: 1, avoidable_veh_h_per_day: 1, findings: [], status: 'found', history: [], ...part })
const AT = { search: '', me: 'Li', today: '2026-11-23' }

describe('the worklist', () => {
  it('shows what is open, mine or overdue, and what is searched for', () => {
    const cards = [card('bridge', { owner: 'Li', due: '2026-11-22' }), card('school', { due: '2026-11-23' }), card('done', { status: 'measured', owner: 'Li' }), card('treated', { status: 'treated', due: '2026-01-01' })]
    const ids = (filter: 'open' | 'mine' | 'overdue' | 'all', search = ''): string[] => filtered(cards, { ...AT, filter, search }).map(({ id }) => id)
    expect([ids('open'), ids('mine'), ids('overdue'), ids('all', ' SCHOOL ')]).toEqual([['bridge', 'school', 'treated'], ['bridge', 'done'], ['bridge'], ['school']])
    expect(isOverdue(cards[1]!, '2026-11-24')).toBe(true)
  })

  it('offers the steps that may follow, and none after the last', () => {
    expect(STATUSES.map((status) => nextSteps(status).join())).toEqual(['proposed,dismissed', 'proposed,dismissed', 'proposed,dismissed', 'approved,dismissed', 'treated,dismissed', 'dismissed', '', ''])
  })

  it('has the size of a treatment', () => {
    expect(sizeOf({ kind: 'retime-splits', signal: '3', greens: [{ group: '2', from_s: 30, green_s: 36 }] })).toEqual({ signal: '3', unit: 's', groups: [{ group: '2', from_s: 30, to_s: 36 }] })
    expect(sizeOf({ kind: 'add-lane', link: 'a', lanes: 3, from_lanes: 2 })).toMatchObject({ link: 'a', from: 2, to: 3, unit: 'lanes' })
  })
})
