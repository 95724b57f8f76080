// What signals under control of their own did, for the log: listens to every change of colour as it happens.
import { getGroup, type Display } from '../../model/compile.ts'
import type { ControllerEvent, PhaseNumber } from '../../model/observation.ts'
import type { SignalGroup } from '../../model/signal.ts'
import type { World } from '../kernel/world.ts'
import { SignalRecorder } from '../signals/log.ts'
import { EVENT, inLogOrder, phaseNumbers, type PhaseEventSource } from './phase-events.ts'

/**
 * Passes on what the run would have recorded, and records as before where the run was asked to. The result of a run that
 * keeps no signals of its own then holds them, and nothing else changes.
 */
class Listening extends SignalRecorder {
  readonly #before: SignalRecorder | undefined
  readonly #tell: (time_s: number, signal: string, group: string, shows: Display) => void

  constructor(before: SignalRecorder | undefined, tell: (time_s: number, signal: string, group: string, shows: Display) => void) {
    super()
    this.#before = before
    this.#tell = tell
  }

  override record(time_s: number, signal: string, group: string, shows: Display): void {
    this.#before?.record(time_s, signal, group, shows)
    super.record(time_s, signal, group, shows)
    this.#tell(time_s, signal, group, shows)
  }
}

interface Known { number: PhaseNumber; group: SignalGroup; shows: Display | undefined }

/** Rows of all signals, fixed or not; attach before the first step. */
export function signalEvents(world: World): PhaseEventSource {
  const { network } = world.p
  const signals = new Map(network.signals.map((signal) => [signal.id, signal]))
  const known = new Map(phaseNumbers(network).map((number): [string, Known] => [`${number.signal} ${number.group}`, { number, group: getGroup(signals.get(number.signal)!, number.group), shows: undefined }]))
  let waiting: ControllerEvent[] = []
  world.signals.log = new Listening(world.signals.log, (time_s, signal, group, shows) => {
    const found = known.get(`${signal} ${group}`)
    if (found === undefined || found.shows === shows) return
    // Nothing begins with the first word on a group, unless it is green.
    if (found.shows !== undefined || shows === 'green') waiting.push(...rowsOf(found, time_s, shows))
    found.shows = shows
  })
  return {
    between(_after_s, until_s) {
      const due = waiting.filter(({ time_s }) => time_s <= until_s + 1e-9)
      if (due.length > 0) waiting = waiting.filter(({ time_s }) => time_s > until_s + 1e-9)
      return due.sort(inLogOrder)
    },
  }
}

function rowsOf({ number, group, shows: before }: Known, time_s: number, shows: Display): ControllerEvent[] {
  const { device, kind, phase: parameter } = number
  const row = (event: number, later = 0): ControllerEvent => ({ time_s: time_s + later, device, event, parameter })
  if (kind === 'pedestrian') return shows === 'green' ? [row(EVENT.walk_begins)] : before === 'green' ? [row(EVENT.pedestrian_clearance_begins), row(EVENT.dont_walk, group.pedestrian_clearance_s ?? 0)] : []
  const overlap = kind === 'overlap'
  if (shows === 'green') return overlap ? [row(EVENT.overlap_green)] : [row(EVENT.phase_on), row(EVENT.green_begins)]
  if (shows === 'yellow') return overlap ? [row(EVENT.overlap_yellow)] : [row(EVENT.green_terminates), row(EVENT.yellow_begins)]
  const clearance = group.red_clearance_s
  return overlap ? [row(EVENT.overlap_red_clearance), row(EVENT.overlap_off, clearance)]
    : [row(EVENT.yellow_ends), row(EVENT.red_clearance_begins), row(EVENT.red_clearance_ends, clearance), row(EVENT.phase_inactive, clearance)]
}
