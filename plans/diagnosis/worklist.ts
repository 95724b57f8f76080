// The worklist: cards followed from found to measured. A step is never skipped, each is dated and signed, and a card that comes
// up again keeps its history. Once treated, the next measurement says what the treatment did, or that it cannot tell.
import type { PlaceCard, Worklist, WorkStatus } from '../../model/diagnosis.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { DayState } from '../../model/traffic-state.ts'
import { dayMeans, joinDays, LEAST_DAYS, measureEffect } from '../effect/index.ts'

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

/** Days that a diagnosis brings for the cards of its period. */
export interface NewDays {
  period: string
  daily: readonly DayState[]
}

/**
 * Lays a new diagnosis over a worklist: new places are added, known ones keep what people did with them, and every card of the
 * period gets the new days, found again or not. Treated ones are measured once enough days lie after the treatment.
 */
export function mergeWorklist(known: Worklist | undefined, found: readonly PlaceCard[], date: string, fresh?: NewDays): Worklist {
  const cards = new Map((known?.cards ?? []).map((card) => [card.id, withDays(card, fresh)]))
  for (const card of found) {
    const before = cards.get(card.id)
    cards.set(card.id, before === undefined ? card : renew(before, card))
  }
  return { format: 'greenwave.worklist/1', cards: [...cards.values()].map((card) => measured(card, date)) }
}

/** Steps in which a card still follows what is measured. */
const OPEN: ReadonlySet<WorkStatus> = new Set(['found', 'analysed', 'tried'])

function withDays(card: PlaceCard, fresh: NewDays | undefined): PlaceCard {
  const { follow } = card
  if (follow === undefined || fresh === undefined || follow.period !== fresh.period) return card
  return { ...card, follow: { ...follow, days: joinDays(follow.days, dayMeans(fresh.daily, follow.movements, follow.control)) } }
}

function renew(old: PlaceCard, fresh: PlaceCard): PlaceCard {
  // What is followed was chosen when the place was found: to choose again would be to choose by the outcome.
  const follow = old.follow ?? fresh.follow
  const kept = follow === undefined ? {} : { follow }
  const { delay_veh_h_per_day, avoidable_veh_h_per_day } = fresh
  if (!OPEN.has(old.status)) return { ...old, ...kept, delay_veh_h_per_day, avoidable_veh_h_per_day }
  const steps = fresh.history.filter(({ status }) => old.history.every((step) => step.status !== status))
  return { ...old, ...fresh, ...kept, history: [...old.history, ...steps], ...(old.owner === undefined ? {} : { owner: old.owner }), ...(old.due === undefined ? {} : { due: old.due }) }
}

/** One look, once there are days enough: to look every day until it is significant would be to find an effect that is none. */
function measured(card: PlaceCard, date: string): PlaceCard {
  const step = card.history.findLast(({ status }) => status === 'treated')
  if (card.status !== 'treated' || card.follow === undefined || step === undefined) return card
  const [chosen] = card.history
  const effect = measureEffect({ days: card.follow.days, treated: step.date, ...(chosen === undefined ? {} : { chosen: chosen.date }) })
  if (effect.days_after === 0) return card
  return effect.days_after < LEAST_DAYS ? { ...card, effect } : advance({ ...card, effect }, 'measured', { by: 'greenwave', date })
}
