// Which cards are looked at, what may be done with one next, and its treatment in figures. Pure.
import type { PlaceCard, Treatment, WorkStatus } from '../../model/diagnosis.ts'

export const STATUSES = ['found', 'analysed', 'tried', 'proposed', 'approved', 'treated', 'measured', 'dismissed'] as const satisfies readonly WorkStatus[]
export const FILTERS = ['open', 'mine', 'overdue', 'all'] as const
export type Filter = (typeof FILTERS)[number]
export type Step = 'proposed' | 'approved' | 'treated' | 'dismissed'

const isOpen = ({ status }: Pick<PlaceCard, 'status'>): boolean => status !== 'measured' && status !== 'dismissed'
/** `today`: local date. */
export const isOverdue = (card: Pick<PlaceCard, 'status' | 'due'>, today: string): boolean => isOpen(card) && card.status !== 'treated' && card.due !== undefined && card.due < today

export function filtered(cards: readonly PlaceCard[], { filter, search, me, today }: { filter: Filter; search: string; me: string; today: string }): PlaceCard[] {
  const wanted = search.trim().toLowerCase()
  return cards.filter((card) => {
    const fits = filter === 'all' || (filter === 'open' && isOpen(card)) || (filter === 'mine' && card.owner === me) || (filter === 'overdue' && isOverdue(card, today))
    return fits && (wanted === '' || `${card.name} ${card.owner ?? ''} ${card.findings.map(({ cause }) => cause).join(' ')}`.toLowerCase().includes(wanted))
  })
}

/** What the service takes after this step; what was measured is not set by hand. */
export function nextSteps(status: WorkStatus): Step[] {
  if (status === 'measured' || status === 'dismissed') return []
  const next: Record<'found' | 'analysed' | 'tried' | 'proposed' | 'approved' | 'treated', Step[]> = { found: ['proposed'], analysed: ['proposed'], tried: ['proposed'], proposed: ['approved'], approved: ['treated'], treated: [] }
  return [...next[status], 'dismissed']
}

export interface TreatmentSize {
  signal?: string
  movement?: string
  link?: string
  groups: { group: string; from_s?: number; to_s?: number }[]
  from?: number
  to?: number
  unit: 's' | 'm' | 'vph' | 'lanes' | ''
}

export function sizeOf(treatment: Treatment): TreatmentSize {
  switch (treatment.kind) {
    case 'retime-splits': return { signal: treatment.signal, unit: 's', groups: treatment.greens.map(({ group, from_s, green_s }) => ({ group, from_s, to_s: green_s })) }
    case 'trim-green': case 'gate': return { signal: treatment.signal, unit: 's', groups: [{ group: treatment.group }], from: treatment.from_s, to: treatment.green_s }
    case 'shift-offset': return { signal: treatment.signal, movement: treatment.movement, unit: '', groups: [] }
    case 'change-cycle': return { signal: treatment.signal, unit: 's', groups: [], from: treatment.from_s, to: treatment.cycle_s }
    case 'lengthen-bay': return { link: treatment.link, movement: treatment.movement, unit: 'm', groups: [], from: treatment.from_m, to: treatment.length_m }
    case 'resequence': return { signal: treatment.signal, unit: '', groups: [{ group: treatment.group }] }
    case 'lane-function': return { link: treatment.link, movement: treatment.movement, unit: 'lanes', groups: [], from: treatment.from_lanes, to: treatment.lanes }
    case 'add-lane': return { link: treatment.link, unit: 'lanes', groups: [], from: treatment.from_lanes, to: treatment.lanes }
    case 'waiting-area': return { link: treatment.link, movement: treatment.movement, unit: 'm', groups: [], to: treatment.depth_m }
    case 'divert': return { movement: treatment.movement, unit: 'vph', groups: [], to: treatment.volume_vph }
    case 'tidal-lane': case 'kerb': case 'merge-control': return { link: treatment.link, unit: '', groups: [] }
    case 'stop-line': return { link: treatment.link, movement: treatment.movement, unit: '', groups: [] }
    case 'maintenance': return { signal: treatment.signal, unit: '', groups: [] }
    case 'special-plan': return { unit: '', groups: [] }
  }
}
