// Signals that decide their durations while they run: SUMO's actuated programs. A phase lasts from minDur to maxDur and
// ends in a gap; detectors lie two seconds before the stop line. SUMO 1.15, MSActuatedTrafficLightLogic.
import type { Detector, SignalControl } from '../../../model/control.ts'
import type { Network } from '../../../model/network.ts'
import type { SumoProgram } from './net-document.ts'
import type { Notes } from './notes.ts'

/** Types that run as actuated stages. SUMO's delay_based looks at delays instead of gaps: taken as the nearest we have. */
const ACTUATED = new Set(['actuated', 'delay_based'])

/** Defaults of SUMO: longest gap that keeps the green, and distance of detectors from the stop line, s. */
const [MAX_GAP_S, DETECTOR_GAP_S] = [3, 2]

/** Control of the signals whose last program loaded is actuated. In: all programs in loading order. */
export function controlsFrom(network: Network, programs: readonly SumoProgram[], notes: Notes): SignalControl[] {
  const last = new Map(programs.map((program) => [program.tl, program]))
  const controls = network.signals.flatMap((signal): SignalControl[] => {
    const program = last.get(signal.id)
    if (program === undefined || !ACTUATED.has(program.type)) return []
    const amount = (key: string, fallback: number): number => {
      const value = Number(program.params?.get(key) ?? fallback)
      return Number.isFinite(value) && value >= 0 ? value : fallback
    }
    const passage_s = amount('max-gap', MAX_GAP_S)
    return [{
      signal: signal.id, type: 'actuated',
      phases: signal.groups.filter(({ kind }) => kind === 'vehicle').map(({ id }) => ({ phase: id, passage_s })),
      detectors: detectors(network, signal.id, amount('detector-gap', DETECTOR_GAP_S)),
    }]
  })
  if (controls.length > 0) {
    notes.add('assumed', last.get(controls[0]!.signal)?.place ?? {}, `${controls.length} actuated signal(s) run their phases in the written order from minDur to maxDur; detectors lie ${DETECTOR_GAP_S} s before the stop line where nothing else is said`)
  }
  return controls
}

/** A loop on every lane that the signal governs; it is on while a vehicle is over it. */
function detectors(network: Network, signal: string, gap_s: number): Detector[] {
  const movements = new Map(network.movements.filter((movement) => movement.signal === signal).map((movement) => [movement.id, movement]))
  const links = new Map(network.links.map((link) => [link.id, link]))
  const lanes = new Map<string, Detector>()
  for (const { movement: id, from_lane, groups = [] } of network.connections) {
    const movement = movements.get(id)
    const [link, lane] = [links.get(movement?.from ?? ''), links.get(movement?.from ?? '')?.lanes[from_lane]]
    if (movement === undefined || link === undefined || lane === undefined) continue
    const key = `${link.id} ${from_lane}`
    const known: Detector = lanes.get(key) ?? { link: link.id, lane: from_lane, position_m: Math.round(100 * Math.min(gap_s * lane.speed_mps, lane.length_m)) / 100, length_m: 0, calls: [], extends: [] }
    for (const { group } of groups) {
      if (known.extends.includes(group)) continue
      known.calls.push(group)
      known.extends.push(group)
    }
    lanes.set(key, known)
  }
  return [...lanes.values()]
}
