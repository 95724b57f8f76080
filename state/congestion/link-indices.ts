// The index of links over some hours of the day, pooled over all days.
import type { Link } from '../../model/network.ts'
import type { PeriodLink } from '../../model/traffic-state.ts'
import type { MetresPerSecond, TimeOfDay } from '../../model/units.ts'
import { cellIndex, CONGESTION_DEFAULTS, SLOT_S, type Cell, type CellTable } from './cells.ts'
import { classify, getScale } from './scales.ts'

/** Links on which enough vehicles were seen between `start_s` and `end_s`, in order of the network. Slots that reach over the borders count. */
export function linkIndices(cells: CellTable, links: readonly Link[], free_mps: readonly MetresPerSecond[], start_s: TimeOfDay, end_s: TimeOfDay): PeriodLink[] {
  const scale = getScale('nav-delay-index')
  const days = cells.listDays()
  return links.flatMap((link, i) => {
    const sum: Cell = { distance_m: 0, time_s: 0, vehicles: 0 }
    for (const day of days) {
      for (let slot = Math.floor(start_s / SLOT_S); slot * SLOT_S < end_s; slot++) {
        const cell = cells.find(i, day, slot)
        if (cell === undefined) continue
        sum.distance_m += cell.distance_m
        sum.time_s += cell.time_s
        sum.vehicles += cell.vehicles
      }
    }
    const index = cellIndex(sum, free_mps[i]!, CONGESTION_DEFAULTS.least_vehicles)
    return index === undefined ? [] : [{ link: link.id, index, level: classify(scale, index).id, vehicles: sum.vehicles }]
  })
}
