// The vehicles in the diagram: asked of the engine when they are looked at, called off when they are not, and which colour each has.
import { batch, effect, signal } from '@preact/signals'
import type { Plan } from '../../model/plan.ts'
import type { SignalDay } from '../../model/signal-day.ts'
import type { QueueColumns, TrajectoryColumns } from '../engine/protocol.ts'
import { ask } from '../service/service.ts'
import { shown, type Desk } from './desk.ts'
import type { Colours } from './colours.ts'
import { passagesOf } from './passages.ts'
import type { TrajectoryPicture } from './trajectory-layer.ts'
import { words } from './words.ts'

export interface Vehicles {
  columns: TrajectoryColumns
  queues: QueueColumns | undefined
  range_s: [number, number] | undefined
  /** Plan that they drove through. */
  of: Plan
  gridlocked: boolean
  /** Local date of measured ones. */
  day?: string
}

/** Enough for the shape of platoons; a run of the period has some thousand. */
const MOST_HALF_HOUR_S = 1800

export function openVehicles({ session, street, view, setView }: Desk) {
  const vehicles = signal<Vehicles | undefined>(undefined)
  const progress = signal<number | undefined>(undefined)
  const trouble = signal<string | undefined>(undefined)
  let running: AbortController | undefined

  const simulate = async (): Promise<void> => {
    running?.abort()
    const own = (running = new AbortController())
    const document = session.document.peek()
    progress.value = 0
    try {
      const { trajectories, queues, range_s, gridlocked } = await session.engine.simulate({ document, seed: 1, window_s: MOST_HALF_HOUR_S }, { signal: own.signal, onProgress: (share) => { progress.value = share } })
      batch(() => {
        vehicles.value = { columns: trajectories, queues, range_s, of: document, gridlocked }
        trouble.value = undefined
      })
      // The street fills before it is measured: one looks at where there is something to see.
      const { from_s, to_s } = view.peek()
      if (to_s < range_s[0] || from_s > range_s[1]) setView({ ...view.peek(), from_s: range_s[0], to_s: range_s[0] + to_s - from_s }, true)
    } catch (error) {
      if (!own.signal.aborted) trouble.value = error instanceof Error ? error.message : String(error)
    } finally {
      if (running === own) progress.value = undefined
    }
  }

  const observe = async (wanted: string | undefined): Promise<void> => {
    running?.abort()
    const own = (running = new AbortController())
    batch(() => {
      vehicles.value = undefined
      trouble.value = undefined
      progress.value = 0
    })
    try {
      const base = `/networks/${encodeURIComponent(session.record.peek().network)}`
      const day = wanted ?? (await ask<{ items: { day: string; measured: boolean }[] }>(`${base}/days?limit=400`, 'GET', undefined, { signal: own.signal })).items.find(({ measured }) => measured)?.day
      const days: SignalDay[] = []
      for (const { signal } of day === undefined ? [] : street.stations) {
        days.push(await ask<SignalDay>(`${base}/signals/${encodeURIComponent(signal)}/days/${day}/measures`, 'GET', undefined, { signal: own.signal }))
        progress.value = days.length / street.stations.length
      }
      const columns = passagesOf(street, days)
      if (day === undefined || columns.directions.length === 0) {
        trouble.value = words().noneMeasured(day)
        return
      }
      vehicles.value = { columns, queues: undefined, range_s: undefined, of: session.document.peek(), gridlocked: false, day }
      const [first, last] = [columns.times_s[0]!, columns.times_s.at(-1)!]
      const { from_s, to_s } = view.peek()
      if (to_s < first || from_s > last) setView({ ...view.peek(), from_s: first, to_s: first + to_s - from_s }, true)
    } catch (error) {
      if (!own.signal.aborted) trouble.value = error instanceof Error ? error.message : String(error)
    } finally {
      if (running === own) progress.value = undefined
    }
  }

  const stop = effect(() => {
    const kind = shown.vehicles.value
    if (kind === 'none') {
      running?.abort()
      vehicles.value = undefined
    } else if (kind === 'simulated') void simulate()
    else if (kind === 'observed') void observe(shown.day.value)
    else running?.abort()
  })
  /** They follow the plan at once: a few per band. */
  const stopTheory = effect(() => {
    if (shown.vehicles.value !== 'theoretical') return
    const document = session.document.value
    const { from_s, to_s } = view.value
    const span = to_s - from_s
    void session.engine.theoretical(document, [from_s - span, to_s + span]).then((columns) => {
      if (shown.vehicles.peek() === 'theoretical') vehicles.value = { columns, queues: undefined, range_s: undefined, of: document, gridlocked: false }
    })
  })

  return {
    vehicles, progress, trouble, simulate,
    cancel: () => running?.abort(),
    close: (): void => {
      running?.abort()
      stop()
      stopTheory()
    },
  }
}

const SPEEDS_MPS = [3, 6, 10]

/** Classes 0 to 3, told apart by dashes too. */
export function styleOf(columns: TrajectoryColumns, by: 'stops' | 'speed' | 'source', colours: Colours): Pick<TrajectoryPicture, 'classes' | 'styles'> {
  const vehicles = columns.directions.length
  if (by === 'source') return { classes: columns.directions, styles: [{ colour: colours.outbound, dash: [] }, { colour: colours.inbound, dash: [5, 2] }] }
  const styles = [{ colour: colours.stops0, dash: [] }, { colour: colours.stops1, dash: [] }, { colour: colours.stops2, dash: [6, 2] }, { colour: colours.stops3, dash: [3, 2] }]
  const classOf = by === 'stops' ? (v: number) => Math.min(3, columns.stops[v]!) : (v: number) => 3 - SPEEDS_MPS.filter((limit) => columns.mean_speed_mps[v]! >= limit).length
  return { classes: Uint8Array.from({ length: vehicles }, (_, v) => classOf(v)), styles }
}
