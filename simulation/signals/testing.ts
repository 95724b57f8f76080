// Running a controller by itself, tick by tick, with made-up calls; for tests.
import type { PhaseControl, SignalControl } from '../../model/control.ts'
import type { RingPattern, Signal } from '../../model/signal.ts'
import { createActuations, SHOWS_GREEN, SHOWS_YELLOW, type Actuations, type Controller } from './controller.ts'
import { RingController } from './ring-controller.ts'
import { greensOf, ringCoordination, ringPhases } from './settings.ts'
import { DEFAULT_TRANSITION } from './transition.ts'

/** A ring controller of a signal; every phase has a detector with a passage of 2 s unless its settings say else. */
export function ringController(signal: Signal, pattern: RingPattern, control: Partial<SignalControl> = {}): RingController {
  const full: SignalControl = { signal: signal.id, type: 'coordinated', ...control }
  const ids = signal.groups.map(({ id }) => id)
  const defaults = { passage_s: new Map(ids.map((id) => [id, 2])), called: new Set(ids), green_s: greensOf(signal, pattern), coordinated: new Set(pattern.coordinated) }
  const ring = ringPhases(signal, full, pattern, defaults)
  return new RingController({
    signal, phases: ring.phases, transition: full.transition ?? DEFAULT_TRANSITION,
    ...(full.type === 'coordinated' ? { coordination: ringCoordination(signal, full, pattern, ring) } : {}),
  })
}

export const everyPhase = (pattern: RingPattern, settings: Omit<PhaseControl, 'phase'>): PhaseControl[] =>
  pattern.barriers.flatMap(({ rings }) => rings.flat().map(({ phase }) => ({ phase, ...settings })))

export interface Green {
  group: string
  start_s: number
  /** End of green, and of the yellow after it. */
  end_s: number
  yellow_end_s: number
}

export interface Watcher {
  /** Called before each tick; sets what detectors see from then on. */
  (time_s: number, seen: Actuations): void
}

/** Advances tick by tick. Out: all greens whose yellow ended too, by start. A call of a detector counts as on for its whole tick. */
export function run(controller: Controller, from_s: number, until_s: number, watch: Watcher = () => undefined, each: (time_s: number) => void = () => undefined): Green[] {
  const seen = createActuations(controller.phases.length)
  const open = new Map<number, Green>()
  const greens: Green[] = []
  const note = (t: number): void => controller.groups.forEach((group, g) => {
    const known = open.get(g)
    const shows = controller.shows[g]
    if (shows === SHOWS_GREEN && known === undefined) open.set(g, { group, start_s: t, end_s: Number.NaN, yellow_end_s: Number.NaN })
    if (known !== undefined && shows !== SHOWS_GREEN && Number.isNaN(known.end_s)) known.end_s = t
    if (known !== undefined && shows !== SHOWS_GREEN && shows !== SHOWS_YELLOW) {
      known.yellow_end_s = t
      greens.push(known)
      open.delete(g)
    }
  })
  note(from_s)
  for (let tick = Math.round(from_s * 10) + 1; tick <= Math.round(until_s * 10); tick++) {
    watch(tick / 10, seen)
    seen.calling.forEach((on, p) => { if (on === 1) seen.lastOn[p] = tick })
    controller.sense(seen)
    seen.arrivals.fill(0)
    seen.pedestrians.fill(0)
    controller.advance(tick)
    note(tick / 10)
    each(tick / 10)
  }
  return greens.sort((a, b) => a.start_s - b.start_s)
}
