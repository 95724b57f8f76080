// Which plan is drawn: the proposed one, what runs in the street, what the lamps showed; and what stands beside it.
import { computed, effect, signal } from '@preact/signals'
import type { EditorScene } from '../../diagram/editor-scene.ts'
import type { Direction, Plan } from '../../model/plan.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { ask } from '../service/service.ts'
import { shown, type Desk } from './desk.ts'
import { documentOfPatterns, measuredOf, sceneOfPlan, type Street } from './scene-of.ts'

export interface LampGreen { signal: SignalId; direction: Direction; from_s: number; to_s: number }
export type Sources = ReturnType<typeof openSources>

/** Patterns that the signals of the corridor run now, by the service. */
export async function runningPatternsOf(network: string, signals: readonly SignalId[]): Promise<Map<SignalId, Pattern>> {
  const timings = await Promise.all(signals.map((signal) => ask<{ pattern: Pattern }>(`/networks/${encodeURIComponent(network)}/signals/${encodeURIComponent(signal)}/timing`)))
  return new Map(timings.map(({ pattern }) => [pattern.signal, pattern]))
}

export function openSources({ session, street }: Desk) {
  const running = signal<Plan | undefined>(undefined)
  const greens = signal<LampGreen[] | undefined>(undefined)
  /** Why what was chosen is not drawn. */
  const trouble = signal<string | undefined>(undefined)
  const tell = (error: unknown): void => { trouble.value = error instanceof Error ? error.message : String(error) }
  const { network } = session.record.peek()
  let asked = false
  const stop = effect(() => {
    if ((shown.source.value !== 'running' && shown.beside.value === 'none') || asked) return
    asked = true
    trouble.value = undefined
    runningPatternsOf(network, street.corridor.corridor.intersections).then((patterns) => { running.value = documentOfPatterns(street, session.original.period, patterns) }, (error: unknown) => {
      asked = false
      tell(error)
    })
  })
  const stopGreens = effect(() => {
    if (shown.source.value !== 'as-run') {
      greens.value = undefined
      return
    }
    trouble.value = undefined
    lampGreens(network, street).then((found) => { greens.value = found }, tell)
  })
  const runningScene = computed((): EditorScene | undefined => {
    const plan = running.value
    return plan === undefined ? undefined : sceneOfPlan(street, plan, { links: [], ends: measuredOf(plan.bands).map((band) => ({ ...band, limited_by: [...band.limited_by] })) })
  })
  return {
    /** In place of the edited plan; undefined where it is that itself. */
    scene: computed(() => (shown.source.value === 'running' ? runningScene.value : undefined)),
    beside: computed(() => (shown.beside.value === 'none' || shown.source.value === 'running' || runningScene.value === undefined ? undefined : { scene: runningScene.value, as: shown.beside.value })),
    greens, trouble, running,
    close: (): void => {
      stop()
      stopGreens()
    },
  }
}

/** Greens of the last hour of those signals that have a controller, of the corridor's through groups. */
async function lampGreens(network: string, { stations }: Street): Promise<LampGreen[]> {
  const { items } = await ask<{ items: { id: string; signal: string }[] }>(`/networks/${encodeURIComponent(network)}/controllers`)
  const found = await Promise.all(stations.map(async (station) => {
    const controller = items.find(({ signal }) => signal === station.signal)
    if (controller === undefined) return []
    const { items: rows } = await ask<{ items: { group: string; start: string; end: string; master_s: number }[] }>(`/networks/${encodeURIComponent(network)}/controllers/${encodeURIComponent(controller.id)}/greens`)
    return rows.flatMap(({ group, start, end, master_s }) => (['outbound', 'inbound'] as const).filter((direction) => station[direction]?.includes(group)).map((direction): LampGreen => ({ signal: station.signal, direction, from_s: master_s, to_s: master_s + (Date.parse(end) - Date.parse(start)) / 1000 })))
  }))
  return found.flat()
}
