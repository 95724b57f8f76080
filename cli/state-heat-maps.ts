// Speeds and queues along a corridor over the day, pooled over the days observed.
import { buildHeatMap, LEVEL_COLOUR, type HeatLevel, type HeatMapScene } from '../diagram/heat-map.ts'
import type { ResolvedCorridor } from '../model/corridor.ts'
import type { LinkId } from '../model/network.ts'
import type { Direction } from '../model/plan.ts'
import type { Drawn, ReportLevel } from '../reports/state-report.ts'
import { cellIndex } from '../state/congestion/cells.ts'
import { classify, CONGESTION_DEFAULTS, getScale, SLOT_S, SLOTS_PER_DAY, type Cell, type ScaleTable } from '../state/congestion/index.ts'
import type { PictureSources } from './state-pictures.ts'

/** Columns that stay legible; longer days get wider columns. */
const MOST_COLUMNS = 48

/** Classes of a scale with the range of each in words; for scales that don't tell classes of road. */
export function levelsOf(scale: ScaleTable): ReportLevel[] {
  const limits = scale.boundaries.all ?? []
  return scale.levels.map(({ id, en, zh, colour }, i) => ({
    id, en, zh, colour: LEVEL_COLOUR[colour],
    range: i === 0 ? `${scale.rising ? 'up to' : 'from'} ${limits[0]}` : i === limits.length ? `${scale.rising ? 'over' : 'below'} ${limits.at(-1)}` : `${limits[i - 1]} to ${limits[i]}`,
  }))
}

/** What is drawn of one direction: its links, and the slots of the day between the first and the last with data. */
interface Field {
  links: LinkId[]
  rows: { label: string }[]
  start_s: number
  column_s: number
  columns: number
}

/** Speed and queue, outbound then inbound; none for a direction that nobody drove. */
export function heatMaps(sources: PictureSources, corridor: ResolvedCorridor): Drawn<HeatMapScene>[] {
  return (['outbound', 'inbound'] as const).flatMap((direction) => {
    const field = fieldOf(sources, corridor, direction)
    return field === undefined ? [] : [speedMap(sources, corridor, direction, field), queueMap(sources, corridor, direction, atStopLines(sources, field))]
  })
}

function fieldOf({ graph, cells }: PictureSources, corridor: ResolvedCorridor, direction: Direction): Field | undefined {
  const links = [...new Set(corridor[direction]?.links ?? [])]
  const days = cells.listDays()
  const index = indexOf(graph.network.links)
  const seen = Array.from({ length: SLOTS_PER_DAY }, (_, slot) => slot).filter((slot) => links.some((link) => days.some((day) => cells.find(index.get(link)!, day, slot) !== undefined)))
  const [first, last] = [seen[0], seen.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const width = [1, 2, 3, 6].find((slots) => (last - first + 1) / slots <= MOST_COLUMNS) ?? 12
  const start = Math.floor(first / width)
  const named = links.map((id) => graph.getLink(id))
  const unique = new Set(named.map(({ name }) => name)).size === named.length
  return { links, rows: named.map(({ name, source_id }) => ({ label: unique ? name ?? source_id : source_id })), start_s: start * width * SLOT_S, column_s: width * SLOT_S, columns: Math.floor(last / width) - start + 1 }
}

/** Links that end at a stop line; of the others nobody knows where a queue would begin. */
function atStopLines({ graph }: PictureSources, { links, rows, ...field }: Field): Field {
  const kept = links.map((_, i) => i).filter((i) => graph.listMovementsFrom(links[i]!).some(({ signal }) => signal !== undefined))
  return { ...field, links: kept.map((i) => links[i]!), rows: kept.map((i) => rows[i]!) }
}

const indexOf = (links: readonly { id: LinkId }[]): Map<LinkId, number> => new Map(links.map(({ id }, i) => [id, i]))

const daysWord = (days: number): string => (days === 1 ? 'one day' : `${days} days together`)

function speedMap({ graph, cells, state }: PictureSources, corridor: ResolvedCorridor, direction: Direction, field: Field): Drawn<HeatMapScene> {
  const scale = getScale('nav-delay-index')
  const index = indexOf(graph.network.links)
  const free = new Map(state.links.map(({ link, free_speed_mps }) => [link, free_speed_mps]))
  const days = cells.listDays()
  const pooled = (link: LinkId, column: number): Cell => {
    const sum: Cell = { distance_m: 0, time_s: 0, vehicles: 0 }
    const first = (field.start_s + column * field.column_s) / SLOT_S
    for (const day of days) {
      for (let slot = first; slot < first + field.column_s / SLOT_S; slot++) {
        const cell = cells.find(index.get(link)!, day, slot)
        if (cell === undefined) continue
        sum.distance_m += cell.distance_m
        sum.time_s += cell.time_s
        sum.vehicles += cell.vehicles
      }
    }
    return sum
  }
  const levels = levelsOf(scale).map(({ en, zh, colour, range }, i): HeatLevel => ({ label: `${en} ${zh}, ${range}`, colour, mark: String(i + 1) }))
  const scene = buildHeatMap({
    ...field, levels,
    levelOf: (row, column) => {
      const link = field.links[row]!
      const value = cellIndex(pooled(link, column), free.get(link) ?? graph.getLink(link).speed_mps, CONGESTION_DEFAULTS.least_vehicles)
      return value === undefined ? undefined : scale.levels.indexOf(classify(scale, value))
    },
  })
  return { title: `${corridor.corridor.name}, ${direction}: travel time over free travel time`, caption: `Links in the direction of travel upwards, ${daysWord(days.length)}. A cell with fewer than ${CONGESTION_DEFAULTS.least_vehicles} vehicles is not known.`, scene }
}

const QUEUE_LEVELS: readonly HeatLevel[] = [
  { label: 'nobody stood', colour: LEVEL_COLOUR.green, mark: '0' }, { label: 'in the first third before the stop line', colour: LEVEL_COLOUR.yellow, mark: '1' },
  { label: 'in the second third', colour: LEVEL_COLOUR.orange, mark: '2' }, { label: 'in the last third: near spillback 溢流', colour: LEVEL_COLOUR['dark-red'], mark: '3' },
]

/** Where probes stood, as a share of their link; who stood far back proves a queue, few who did not prove nothing. */
function queueMap({ graph, store, cells, local }: PictureSources, corridor: ResolvedCorridor, direction: Direction, field: Field): Drawn<HeatMapScene> {
  const columnOf = (time_s: number): number => Math.floor((local.timeOfDay(time_s) - field.start_s) / field.column_s)
  const movements = new Map(graph.network.movements.map(({ id }, i) => [id, i]))
  const table = field.links.map((link) => {
    const { length_m } = graph.getLink(link)
    const farthest = new Float64Array(field.columns)
    const runs = new Uint32Array(field.columns)
    for (const { id } of graph.listMovementsFrom(link)) {
      for (const run of store.listRuns(movements.get(id)!)) {
        if (run.whole) runs[columnOf(run.crossing_s)]!++
        for (const { time_s, s_m } of run.stops) {
          const column = columnOf(time_s)
          if (s_m <= 0 && column >= 0 && column < field.columns) farthest[column] = Math.max(farthest[column]!, Math.min(1, -s_m / length_m), 1e-9)
        }
      }
    }
    return { farthest, runs }
  })
  const scene = buildHeatMap({
    ...field, levels: QUEUE_LEVELS,
    levelOf: (row, column) => {
      const { farthest, runs } = table[row]!
      const share = farthest[column]!
      if (share > 0) return Math.min(3, 1 + Math.floor(3 * share))
      return runs[column]! >= CONGESTION_DEFAULTS.least_vehicles ? 0 : undefined
    },
  })
  return { title: `${corridor.corridor.name}, ${direction}: how far back probes stood`, caption: `Farthest place on the link where a probe stood, ${daysWord(cells.listDays().length)}: the queue reached at least so far. Links without signals are left out.`, scene }
}
