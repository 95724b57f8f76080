// Fixes as columns: cheap to hand to another thread, and cut by vehicle so that each thread has all fixes of its vehicles in their order.
import type { Fix } from '../../model/feed.ts'

/** Numbers of a fix: time_s, x_m, y_m, speed_mps, heading_deg, accuracy_m; NaN where the feed said nothing. */
export const FIELDS = 6

export interface FixColumns {
  vehicles: string[]
  /** FIELDS numbers a fix. */
  values: Float64Array<ArrayBuffer>
}

export function columnsOf(fixes: readonly Fix[]): FixColumns {
  const values = new Float64Array(fixes.length * FIELDS)
  fixes.forEach(({ time_s, x_m, y_m, speed_mps = Number.NaN, heading_deg = Number.NaN, accuracy_m = Number.NaN }, i) => {
    const at = i * FIELDS
    values[at] = time_s
    values[at + 1] = x_m
    values[at + 2] = y_m
    values[at + 3] = speed_mps
    values[at + 4] = heading_deg
    values[at + 5] = accuracy_m
  })
  return { vehicles: fixes.map(({ vehicle }) => vehicle), values }
}

/** As columns go to another thread: the names as one text, which is copied at once, and where each of them ends in it. */
export interface PackedColumns {
  names: string
  ends: Int32Array<ArrayBuffer>
  values: Float64Array<ArrayBuffer>
}

export function packColumns({ vehicles, values }: FixColumns): PackedColumns {
  const ends = new Int32Array(vehicles.length)
  let end = 0
  for (let i = 0; i < vehicles.length; i++) ends[i] = end += vehicles[i]!.length
  return { names: vehicles.join(''), ends, values }
}

/** Names that are kept for long must be copied: those here are parts of one text. */
export function unpackColumns({ names, ends, values }: PackedColumns): FixColumns {
  const vehicles: string[] = []
  let begin = 0
  for (const end of ends) {
    vehicles.push(names.slice(begin, end))
    begin = end
  }
  return { vehicles, values }
}

const said = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value)

export function fixAt({ vehicles, values }: FixColumns, i: number, vehicle = vehicles[i]!): Fix {
  const at = i * FIELDS
  return {
    vehicle, time_s: values[at]!, x_m: values[at + 1]!, y_m: values[at + 2]!, speed_mps: said(values[at + 3]!), heading_deg: said(values[at + 4]!), accuracy_m: said(values[at + 5]!),
  }
}

/** FNV-1a: the same vehicle goes to the same part in every process. */
export function partOf(vehicle: string, parts: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < vehicle.length; i++) hash = Math.imul(hash ^ vehicle.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % parts
}

/** The fixes of each part, and where in the whole they stood. */
export function cutByVehicle(columns: FixColumns, parts: number): { columns: FixColumns; at: Int32Array }[] {
  const n = columns.vehicles.length
  const part = new Uint16Array(n)
  const counts = new Int32Array(parts)
  for (let i = 0; i < n; i++) counts[part[i] = partOf(columns.vehicles[i]!, parts)]!++
  const cut = Array.from(counts, (count) => ({ columns: { vehicles: Array.from({ length: count }, () => ''), values: new Float64Array(count * FIELDS) }, at: new Int32Array(count) }))
  counts.fill(0)
  for (let i = 0; i < n; i++) {
    const one = cut[part[i]!]!
    const k = counts[part[i]!]!++
    one.columns.vehicles[k] = columns.vehicles[i]!
    one.columns.values.set(columns.values.subarray(i * FIELDS, (i + 1) * FIELDS), k * FIELDS)
    one.at[k] = i
  }
  return cut
}
