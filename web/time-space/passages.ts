// Measured vehicles in the diagram: what probes drove at the stop lines of a corridor on one day. Each is known from its approach to 40 m beyond
// the line, and is drawn so far; who drove on to the next line is not told. Pure.
import { runLine } from '../../diagram/probe-trajectories.ts'
import type { Direction } from '../../model/plan.ts'
import type { SignalDay } from '../../model/signal-day.ts'
import { columnsOf } from '../engine/columns.ts'
import type { TrajectoryColumns } from '../engine/protocol.ts'
import type { Street } from './scene-of.ts'

const DIRECTIONS = ['outbound', 'inbound'] as const satisfies readonly Direction[]

/** Through traffic alone, by the time at which it crossed; times are seconds of that local day, positions along the outbound direction. */
export function passagesOf({ corridor, stations }: Pick<Street, 'corridor' | 'stations'>, days: readonly SignalDay[]): TrajectoryColumns {
  const places = new Map(stations.map(({ signal, position_m }) => [signal, position_m]))
  const directionOf = new Map(DIRECTIONS.flatMap((direction) => (corridor[direction]?.crossings ?? []).flatMap(({ movements }) => movements.map(({ id }) => [id, direction] as const))))
  const runs = days.flatMap(({ signal, phases }) => phases.flatMap(({ arrivals }) => arrivals.flatMap(({ run }) => {
    const [direction, place] = [run === undefined ? undefined : directionOf.get(run.movement), places.get(signal)]
    return run === undefined || direction === undefined || place === undefined ? [] : [{ run, direction, place }]
  }))).sort((a, b) => a.run.crossing_s - b.run.crossing_s)
  const lines = runs.map(({ run }) => runLine(run))
  const starts = [0]
  for (const line of lines) starts.push(starts.at(-1)! + line.length)
  return columnsOf({
    starts, times_s: Float32Array.from(lines.flatMap((line) => line.map(({ time_s }) => time_s))),
    positions_m: Float32Array.from(lines.flatMap((line, i) => line.map(({ position_m }) => runs[i]!.place + (runs[i]!.direction === 'outbound' ? position_m : -position_m)))),
  }, (i) => (runs[i]!.direction === 'outbound' ? 0 : 1), 0, 'observed')
}
