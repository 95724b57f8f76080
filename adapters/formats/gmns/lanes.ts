// Lanes of a link at its stop line: lane.csv, or the number of link.csv, and the turn pockets of segment.csv. GMNS numbers
// lanes from left to right: 1 is the leftmost through lane, left turn lanes are negative.
import type { DrawnLane } from '../../../model/streets/drawn.ts'
import { DEFAULT_LANE_M } from '../../../model/streets/classes.ts'
import type { Notes } from '../sumo/notes.ts'
import type { Row, Tables } from './tables.ts'
import type { GmnsUnits } from './units.ts'

export interface NumberedLane extends DrawnLane { num: number }

const MOST_LANES = 16
/** A segment that ends within this of the stop line is a pocket, m: drawings of lengths and places differ. */
const NEAR_END_M = 30
const CARS = /\ball\b|auto|car|motor|sov|hov|truck|vehicle|driv|\bda\b|\bveh\b|general/i
const BUSES = /bus|transit|psv/i

/** What may use a lane or link: cars, only buses, or neither. Nothing written = all. */
export function usesOf(row: Row): 'cars' | 'buses' | 'others' {
  const text = row.find('allowed_uses')
  if (text === undefined || CARS.test(text)) return 'cars'
  return BUSES.test(text) ? 'buses' : 'others'
}

export class LaneTable {
  readonly #lanes = new Map<string, Row[]>()
  readonly #segments = new Map<string, Row[]>()
  readonly #segmentLanes = new Map<string, Row[]>()
  readonly #units: GmnsUnits
  readonly #notes: Notes

  constructor(tables: Tables, units: GmnsUnits, notes: Notes) {
    this.#units = units
    this.#notes = notes
    const group = (rows: readonly Row[] | undefined, column: string, into: Map<string, Row[]>): void => {
      for (const row of rows ?? []) into.set(row.get(column), [...(into.get(row.get(column)) ?? []), row])
    }
    group(tables.find('lane'), 'link_id', this.#lanes)
    group(tables.find('segment'), 'link_id', this.#segments)
    group(tables.find('segment_lane'), 'segment_id', this.#segmentLanes)
  }

  #lane(num: number, row: Row | undefined, pocket_m?: number): NumberedLane {
    const width = row?.findNumber('width', { min: 0, max: 100 }) ?? 0
    const width_m = width * this.#units.short_m
    return {
      num, width_m: width_m >= 1.5 && width_m <= 10 ? width_m : DEFAULT_LANE_M, ...(pocket_m === undefined ? {} : { pocket_m }),
      ...(row !== undefined && usesOf(row) === 'buses' ? { allow: ['bus'] } : {}),
    }
  }

  /** From left to right, lanes for bicycles and parking left out; empty where no car may drive. `assumed` = nothing says how many. */
  lanesOf(link: Row, length_m: number): { lanes: NumberedLane[]; assumed: boolean } {
    const id = link.get('link_id')
    const listed = (this.#lanes.get(id) ?? []).filter((row) => usesOf(row) !== 'others')
    const count = link.findNumber('lanes', { min: 0, max: 2 * MOST_LANES })
    const lanes = new Map<number, NumberedLane>()
    for (const row of listed.slice(0, MOST_LANES)) lanes.set(row.getNumber('lane_num'), this.#lane(row.getNumber('lane_num'), row))
    const assumed = listed.length === 0 && count === undefined
    if (listed.length === 0) for (let num = 1; num <= Math.min(MOST_LANES, Math.round(count ?? 1)); num++) lanes.set(num, this.#lane(num, undefined))
    if (lanes.size > 0) for (const pocket of this.#pockets(link, lanes, length_m)) lanes.set(pocket.num, pocket)
    return { lanes: [...lanes.values()].sort((a, b) => a.num - b.num), assumed }
  }

  #pockets(link: Row, lanes: ReadonlyMap<number, NumberedLane>, length_m: number): NumberedLane[] {
    return (this.#segments.get(link.get('link_id')) ?? []).flatMap((segment): NumberedLane[] => {
      const [start, end] = [segment.getNumber('start_lr') * this.#units.short_m, segment.getNumber('end_lr') * this.#units.short_m]
      const fromStart = segment.find('ref_node_id') !== link.find('to_node_id')
      const left_m = fromStart ? length_m - Math.max(start, end) : Math.min(start, end)
      const pocket_m = Math.abs(end - start)
      // Added lanes before the middle are no turn lanes of the stop line; those behind it are, although their places may be off.
      if (left_m > length_m / 2 || pocket_m < 5) return []
      if (left_m > NEAR_END_M) this.#notes.count('pocket', 'corrected', segment.place, (n) => `${n} segment(s) with turn lanes end more than ${NEAR_END_M} m before the stop line; their lanes are taken to reach it`)
      const rows = (this.#segmentLanes.get(segment.get('segment_id')) ?? []).filter((row) => row.findNumber('lane_num') !== 0)
      if (rows.length > 0) return rows.filter((row) => usesOf(row) !== 'others').map((row) => this.#lane(row.getNumber('lane_num'), row, pocket_m))
      const added = (column: string): number => Math.max(0, Math.min(4, Math.round(segment.findNumber(column) ?? 0)))
      const [lowest, highest] = [Math.min(0, ...lanes.keys()), Math.max(0, ...lanes.keys())]
      const count = (n: number, num: (i: number) => number): NumberedLane[] => Array.from({ length: n }, (_, i) => this.#lane(num(i), undefined, pocket_m))
      return [...count(added('l_lanes_added'), (i) => lowest - 1 - i), ...count(added('r_lanes_added'), (i) => highest + 1 + i)]
    })
  }
}
