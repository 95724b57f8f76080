// What is played: the streets, what runs now, the plan, and two threads that simulate. Opened by plan and seed; closed with the page.
import { signal, type ReadonlySignal } from '@preact/signals'
import { runningPatterns } from '../../model/schedule.ts'
import type { Plan } from '../../model/plan.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Pattern } from '../../model/signal.ts'
import { resolvePeriod } from '../../simulation/demand/periods.ts'
import { ask, type Named } from '../service/service.ts'
import { streetDrawing } from '../../diagram/street-drawing.ts'
import { readStreets, type Streets } from '../map/streets.ts'
import { groundOf, type Ground } from './paint-run.ts'
import type { RunRequest, Side, Told } from './protocol.ts'
import { Recording } from './recording.ts'

export interface PlanSummary { id: string; network: string; network_version: number; corridor: string; period: string; stage: string; reason: string; cycle_s: number; updated_at: string }
export interface PlayedPlan extends Omit<PlanSummary, 'cycle_s'> { document: Plan }

export interface PlaySession {
  network: string
  scenario: Scenario
  ground: Ground
  /** The same as the map draws, of the version that is played. */
  streets: Streets
  period: string
  plan: PlayedPlan | undefined
  sides: readonly Side[]
  recordings: ReadonlySignal<Partial<Record<Side, Recording>>>
  /** Grows with every second that was written down. */
  grown: ReadonlySignal<number>
  trouble: ReadonlySignal<string | undefined>
  close: () => void
}

interface NetworkAnswer extends Named { version: number }

/** Throws `Refused`, TypeError where nobody answers, and what is wrong with the period. */
export async function openSession({ plan: id, network, period, seed }: { plan: string | undefined; network: string | undefined; period: string | undefined; seed: number }): Promise<PlaySession | undefined> {
  const plan = id === undefined ? undefined : await ask<PlayedPlan>(`/plans/${encodeURIComponent(id)}`)
  const name = plan?.network ?? network
  if (name === undefined) return undefined
  const address = `/networks/${encodeURIComponent(name)}`
  const now = await ask<NetworkAnswer>(address)
  const version = plan?.network_version ?? now.version
  const scenario = await ask<Scenario>(`${address}/scenario?version=${version}`)
  // The operator's pictures, where there are some; without them the streets are there all the same.
  const { tiles } = await ask<{ tiles?: string }>(`${address}/drawing`).catch((): { tiles?: string } => ({}))
  const streets = readStreets({ ...streetDrawing(scenario), version, ...(tiles === undefined ? {} : { tiles }) })
  const of = resolvePeriod(scenario, plan?.document.period ?? period)
  // What runs now is known of the newest streets; of older ones, what they came with.
  const running = version === now.version ? (await ask<{ items: Pattern[] }>(`${address}/patterns?period=${encodeURIComponent(of.id)}`)).items : [...runningPatterns(scenario.timing, of.start_s).values()]
  return play({ scenario, running, period: of.id, seed, ...(plan === undefined ? {} : { plan: { intersections: plan.document.intersections } }) }, { network: name, plan, streets })
}

function play(request: Omit<RunRequest, 'side'>, { network, plan, streets }: Pick<PlaySession, 'network' | 'plan' | 'streets'>): PlaySession {
  const sides: readonly Side[] = plan === undefined ? ['before'] : ['before', 'after']
  const recordings = signal<Partial<Record<Side, Recording>>>({})
  const grown = signal(0)
  const trouble = signal<string | undefined>(undefined)
  const workers = sides.map((side) => {
    const worker = new Worker(new URL('./run-worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<Told>) => {
      if (data.kind === 'head') recordings.value = { ...recordings.value, [side]: new Recording(data.head) }
      else if (data.kind === 'seconds') recordings.value[side]?.add(data.seconds)
      else if (data.kind === 'failed') trouble.value = data.sentence
      else if (recordings.value[side] !== undefined) recordings.value[side].ended = { why: data.why, ...(data.where === undefined ? {} : { where: data.where }) }
      grown.value++
    })
    worker.addEventListener('error', ({ message }) => { trouble.value = message })
    worker.postMessage({ ...request, side } satisfies RunRequest, [])
    return worker
  })
  return { network, scenario: request.scenario, ground: groundOf(request.scenario.network), streets, period: request.period!, plan, sides, recordings, grown, trouble, close: () => workers.forEach((worker) => worker.terminate()) }
}
