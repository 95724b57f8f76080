// The worklist: cards followed from found to measured. A step is never skipped, each is dated and signed, and a card that comes
// up again keeps its history. Once treated, the next measurement says what the treatment did, or that it cannot tell.
import type { PlaceCard, Worklist, WorkStatus } from '../../model/diagnosis.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Estimate } from '../../model/traffic-state.ts'

/** What may follow what. */
const NEXT: Record<WorkStatus, readonly WorkStatus[]> = {
  found: ['analysed', 'dismissed'], analysed: ['tried', 'dismissed'], tried: ['proposed', 'dismissed'], proposed: ['approved', 'dismissed'], approved: ['treated', 'dismissed'],
  treated: ['measured'], measured: ['analysed', 'dismissed'], dismissed: ['analysed'],
}

/** Throws usage for a step that may not follow, naming those that may. Approval must be signed by somebody else than the proposer. */
export function advance(card: PlaceCard, status: WorkStatus, { by, date, note }: { by: string; date: string; note?: string }): PlaceCard {
  const allowed = NEXT[card.status]
  if (!allowed.includes(status)) throw new GreenwaveError('usage', `place "${card.id}" is ${card.status}; it can become ${allowed.join(' or ')}, not ${status}`)
  const proposer = card.history.findLast((step) => step.status === 'proposed')?.by
  if (status === 'approved' && proposer === by) throw new GreenwaveError('plan.refused', `place "${card.id}" was proposed by ${by}; somebody else must approve it`)
  return { ...card, status, history: [...card.history, { status, date, by, ...(note === undefined ? {} : { note }) }] }
}

/** Lays a new diagnosis over a worklist: new places are added, known ones keep what people did with them, treated ones are measured. */
export function mergeWorklist(known: Worklist | undefined, found: readonly PlaceCard[], date: string): Worklist {
  const cards = new Map((known?.cards ?? []).map((card) => [card.id, card]))
  for (const card of found) {
    const before = cards.get(card.id)
    cards.set(card.id, before === undefined ? card : renew(before, card, date))
  }
  return { format: 'greenwave.worklist/1', cards: [...cards.values()] }
}

/** Steps in which a card still follows what is measured. */
const OPEN: ReadonlySet<WorkStatus> = new Set(['found', 'analysed', 'tried'])

function renew(old: PlaceCard, fresh: PlaceCard, date: string): PlaceCard {
  if (old.status === 'treated') return measured(old, fresh, date)
  const { delay_veh_h_per_day, avoidable_veh_h_per_day } = fresh
  if (!OPEN.has(old.status)) return { ...old, delay_veh_h_per_day, avoidable_veh_h_per_day }
  const steps = fresh.history.filter(({ status }) => old.history.every((step) => step.status !== status))
  return { ...old, ...fresh, history: [...old.history, ...steps], ...(old.owner === undefined ? {} : { owner: old.owner }), ...(old.due === undefined ? {} : { due: old.due }) }
}

function measured(old: PlaceCard, fresh: PlaceCard, date: string): PlaceCard {
  const [before, after] = [old.before?.delay_s, fresh.before?.delay_s]
  if (before === undefined || after === undefined || before.value === null || after.value === null) return old
  const delay_s = difference(before, after)
  const verdict = delay_s.low === null || delay_s.high === null ? 'cannot tell' : delay_s.high < 0 ? 'better' : delay_s.low > 0 ? 'worse' : 'cannot tell'
  return advance({ ...old, effect: { delay_s, verdict }, delay_veh_h_per_day: fresh.delay_veh_h_per_day, avoidable_veh_h_per_day: fresh.avoidable_veh_h_per_day }, 'measured', { by: 'greenwave', date })
}

/** After minus before, of two independent estimates. */
function difference(before: Estimate, after: Estimate): Estimate {
  const value = after.value! - before.value!
  if (before.low === null || before.high === null || after.low === null || after.high === null) return { value, low: null, high: null }
  const half = Math.hypot((before.high - before.low) / 2, (after.high - after.low) / 2)
  return { value, low: value - half, high: value + half }
}
