// A measured day of a network becomes cards of its worklist: each period that the network names is diagnosed by itself, with what ran and was measured then.
import type { CostClass, PlaceCard } from '../../model/diagnosis.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay, parseDay } from '../../model/local-time.ts'
import type { Period, Scenario } from '../../model/scenario.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import { SimulationPool } from '../../simulation/batch/index.ts'
import { freezeDay } from '../nightly/freeze.ts'
import type { Clock } from '../ports/clock.ts'
import type { JobQueue } from '../ports/jobs.ts'
import type { NetworkRecord } from '../ports/networks.ts'
import type { Store } from '../ports/store.ts'
import { dayTypeOf, NO_HOLIDAYS, type Calendar } from '../workflow/calendar.ts'
import { patternsRunning } from '../workflow/running.ts'
import { diagnosePlaces } from './cards.ts'
import { dailyOf } from './follow.ts'
import { mergeWorklist } from './worklist.ts'

export interface DiagnosisTask {
  network: string
  /** Local date of what was measured. */
  day: string
  /** Runs that judge each treatment; 0 leaves treatments untried. */
  runs: number
  seed: number
  /** At most so many places of each period, the costliest. */
  places: number
  /** Who sees to new cards; those get a date, too, by what their treatment costs. Absent: people say so themselves. */
  owner?: string
}

export const DIAGNOSIS_JOB = 'diagnosis'

/** Once for each day and way of asking. Answers the id of the job. */
export const queueDiagnosis = (jobs: Pick<JobQueue, 'send'>, task: DiagnosisTask, by: string): Promise<string> => jobs.send(DIAGNOSIS_JOB, task, { by, once: JSON.stringify([DIAGNOSIS_JOB, task]) })

export interface DayDiagnosisOptions {
  store: Store
  clock: Clock
  calendarOf?: (network: string) => Promise<Calendar>
  /** Of the simulation; 0: none. */
  threads?: number
}

export interface DayDiagnosis {
  day: string
  /** Ids of the cards that were found, new or again. */
  cards: string[]
  new_cards: number
  sentence: string
}

/** How long each run of a trial measures. */
const WINDOW_S = 900
/** Days until something should have happened. */
const DUE_DAYS: Record<CostClass, number> = { 'timing': 7, 'operations': 30, 'paint': 60, 'civil-works': 365 }

interface Context { report: (share: number, label: string) => void; signal: AbortSignal }

/** Done twice it finds the same places, and cards keep what people did with them. Throws `request.unknown`, `input.value`, and the reason of an abort. */
export async function diagnoseDay(options: DayDiagnosisOptions, task: DiagnosisTask, { report, signal }: Context): Promise<DayDiagnosis> {
  const { store } = options
  const network = await store.networks.get(task.network)
  const scenario = network === undefined ? undefined : await store.networks.scenario(network.id, network.version)
  if (network === undefined || scenario === undefined) throw new GreenwaveError('request.unknown', `there is no network "${task.network}"`)
  report(0, 'reading the day')
  const state = await freezeDay(store, { network, scenario, day: task.day, signal })
  if (state === undefined) return { day: task.day, cards: [], new_cards: 0, sentence: `Nothing was measured on ${task.day}.` }
  const periods = periodsOf(scenario, state)
  const pool = task.runs > 0 ? new SimulationPool(options.threads) : undefined
  const result: DayDiagnosis = { day: task.day, cards: [], new_cards: 0, sentence: '' }
  try {
    for (const [i, period] of periods.entries()) {
      signal.throwIfAborted()
      const { places } = await diagnosePlaces({
        scenario: await asItRan(options, network, scenario, task.day, period), state, period, runs: task.runs, seed: task.seed, places: task.places, date: task.day, window_s: WINDOW_S, signal, ...(pool === undefined ? {} : { pool }),
        onProgress: (share, label) => report((i + share) / periods.length, label),
      })
      // As they come: whoever waits sees the first period while the next ones are tried.
      for (const card of places) {
        if (await keep(options, task, card, state, period)) result.new_cards++
        result.cards.push(card.id)
      }
    }
  } finally {
    await pool?.close()
  }
  return { ...result, sentence: `${result.cards.length} places on ${task.day}, ${result.new_cards} of them new.` }
}

/** Those that the network names and the day has; else all that was seen, as one. */
function periodsOf({ scenario }: Scenario, { periods, from_s, until_s }: TrafficState): Period[] {
  const measured = new Set(periods.map(({ period }) => period))
  if (scenario.periods.length === 0) return [{ id: 'day', start_s: 0, end_s: Math.min(86_400, Math.max(1, until_s - from_s)) }]
  return measured.size === 0 ? scenario.periods : scenario.periods.filter(({ id }) => measured.has(id))
}

/** The network with what ran on such a day at that time: what a signal did is judged by its own timing. */
async function asItRan({ store, calendarOf }: DayDiagnosisOptions, { id }: NetworkRecord, scenario: Scenario, day: string, { start_s }: Period): Promise<Scenario> {
  const type = dayTypeOf(await calendarOf?.(id) ?? NO_HOLIDAYS, day)
  const running = await store.tx((stores) => patternsRunning(stores, id, scenario, type, start_s))
  return { ...scenario, timing: { ...scenario.timing, plans: [{ id: 'ran', patterns: [...running.values()] }], schedule: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], start_s: 0, plan: 'ran' }] } }
}

/** Answers whether the card is new. Throws `store.conflict` where somebody changes it at the same moment; the job is then done again. */
async function keep({ store, clock }: DayDiagnosisOptions, task: DiagnosisTask, found: PlaceCard, state: TrafficState, period: Period): Promise<boolean> {
  return store.tx(async ({ treatments, events }) => {
    const before = await treatments.get(task.network, found.id)
    const { version, ...known } = before ?? { version: 0 }
    const fresh = { period: period.id, daily: dailyOf(state, period) }
    const card = before === undefined ? assigned(found, task) : mergeWorklist({ format: 'greenwave.worklist/1', cards: [known as PlaceCard] }, [found], task.day, fresh).cards[0]!
    const kept = await treatments.put(task.network, card, version)
    await events.append({ time_s: clock.now(), kind: 'treatment.changed', network: task.network, body: { treatment: card.id, version: kept.version } })
    return before === undefined
  })
}

function assigned(card: PlaceCard, { owner, day }: DiagnosisTask): PlaceCard {
  const [likeliest] = card.findings
  if (owner === undefined || likeliest === undefined) return card
  return { ...card, owner, due: formatDay(parseDay(day)! + DUE_DAYS[likeliest.cost]) }
}
