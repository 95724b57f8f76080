// Scales by which congestion is told, as versioned tables. A table that changes is a new version: old reports keep theirs. None
// of the standards' texts has been read; `status` says what a table rests on, and nobody may print a standard's number
// beside an unverified one.
import { GreenwaveError } from '../../model/errors.ts'

/** From how near to its source a table was read. */
export type ScaleStatus = 'verified' | 'vendor' | 'secondary' | 'unverified'

export type RoadClass = 'expressway' | 'arterial' | 'secondary' | 'local'

export interface ScaleLevel {
  id: string
  zh: string
  en: string
  colour: 'green' | 'light-green' | 'yellow' | 'orange' | 'red' | 'dark-red'
}

export interface ScaleTable {
  id: string
  version: number
  valid_from: string
  source: string
  status: ScaleStatus
  /** What is classified. */
  quantity: 'speed_kmh' | 'speed_ratio' | 'index' | 'delay_s' | 'tpi' | 'efficiency'
  /** Best to worst. */
  levels: readonly ScaleLevel[]
  /** Whether values grow from the best level to the worst. */
  rising: boolean
  /** The level that a value on a boundary belongs to. */
  boundary: 'better' | 'worse'
  /** One boundary between every two levels, best to worst, by class of road or street; `all` where classes don't matter. */
  boundaries: Readonly<Record<string, readonly number[]>>
}

const level = (id: string, zh: string, en: string, colour: ScaleLevel['colour']): ScaleLevel => ({ id, zh, en, colour })
const FIVE = [
  level('free', '畅通', 'free', 'green'), level('mostly-free', '基本畅通', 'mostly free', 'light-green'), level('light', '轻度拥堵', 'light congestion', 'yellow'),
  level('moderate', '中度拥堵', 'moderate congestion', 'orange'), level('severe', '严重拥堵', 'severe congestion', 'red'),
] as const
const FOUR = [level('free', '畅通', 'free', 'green'), level('slow', '缓行', 'slow', 'yellow'), level('congested', '拥堵', 'congested', 'red'), level('severe', '严重拥堵', 'severe', 'dark-red')] as const
const LETTERS = (['A', 'B', 'C', 'D', 'E', 'F'] as const).map((letter, i) => level(letter, `${letter}级`, letter, (['green', 'light-green', 'yellow', 'orange', 'red', 'dark-red'] as const)[i]!))
const KMH_PER_MPH = 1.609

/** Every table that we know, newest version last where there are several. */
export const SCALES: readonly ScaleTable[] = [
  {
    id: 'hcm-delay-los', version: 1, valid_from: '2026-01-01', source: 'HCM control delay per vehicle at signals, as public documents quote it', status: 'secondary',
    quantity: 'delay_s', levels: LETTERS, rising: true, boundary: 'better', boundaries: { all: [10, 20, 35, 55, 80] },
  },
  {
    id: 'hcm2000-urban-speed-los', version: 1, valid_from: '2026-01-01', source: 'HCM 2000 urban streets, travel speed by street class, as quoted', status: 'secondary',
    quantity: 'speed_kmh', levels: LETTERS, rising: false, boundary: 'better',
    boundaries: {
      'I': [42, 34, 27, 21, 16].map((mph) => mph * KMH_PER_MPH), 'II': [35, 28, 22, 17, 13].map((mph) => mph * KMH_PER_MPH),
      'III': [30, 24, 18, 14, 10].map((mph) => mph * KMH_PER_MPH), 'IV': [25, 19, 13, 9, 7].map((mph) => mph * KMH_PER_MPH),
    },
  },
  {
    id: 'cn-speed-5', version: 1, valid_from: '2026-01-01', source: 'table in a paper that quotes the standard; lower bound exclusive', status: 'secondary',
    quantity: 'speed_kmh', levels: FIVE, rising: false, boundary: 'worse',
    boundaries: { expressway: [65, 50, 35, 20], arterial: [40, 30, 20, 15], secondary: [35, 25, 15, 10], local: [35, 25, 15, 10] },
  },
  {
    id: 'cn-speed-ratio-5', version: 1, valid_from: '2026-01-01', source: 'speed over free-flow speed; text not read', status: 'unverified',
    quantity: 'speed_ratio', levels: FIVE, rising: false, boundary: 'worse', boundaries: { all: [0.7, 0.5, 0.4, 0.3] },
  },
  {
    id: 'tpi-10', version: 1, valid_from: '2026-01-01', source: 'family of DB11/T 785; text not read', status: 'unverified',
    quantity: 'tpi', levels: FIVE, rising: true, boundary: 'worse', boundaries: { all: [2, 4, 6, 8] },
  },
  {
    id: 'nav-delay-index', version: 1, valid_from: '2026-01-01', source: 'classes as navigation services show them; text not read', status: 'unverified',
    quantity: 'index', levels: FOUR, rising: true, boundary: 'better', boundaries: { all: [1.5, 1.8, 2.2] },
  },
  {
    id: 'aliyun-efficiency', version: 1, valid_from: '2026-01-01', source: 'vendor: 100 times speed over steady speed', status: 'vendor',
    quantity: 'efficiency', levels: [level('free', '畅通', 'free', 'green'), level('fair', '一般', 'fair', 'yellow'), level('slow', '较堵', 'rather slow', 'orange'), level('congested', '拥堵', 'congested', 'red')],
    rising: false, boundary: 'better', boundaries: { all: [60, 30, 15] },
  },
]

/** The newest version, or a certain one. Throws input.reference naming what there is. */
export function getScale(id: string, version?: number): ScaleTable {
  const found = SCALES.findLast((table) => table.id === id && (version === undefined || table.version === version))
  if (found === undefined) throw new GreenwaveError('input.reference', `there is no scale "${id}"${version === undefined ? '' : ` of version ${version}`}; there are ${SCALES.map((table) => table.id).join(', ')}`)
  return found
}

/** Level of a value. `of` names the class where the table has limits by class. Throws input.reference for a class it does not have, input.value for what is no number. */
export function classify(table: ScaleTable, value: number, of = 'all'): ScaleLevel {
  if (Number.isNaN(value)) throw new GreenwaveError('input.value', `scale ${table.id} is asked about what is no number; missing values have no level`)
  const limits = table.boundaries[of]
  if (limits === undefined) throw new GreenwaveError('input.reference', `scale ${table.id} has no class "${of}"; it has ${Object.keys(table.boundaries).join(', ')}`)
  const sign = table.rising ? 1 : -1
  const worse = limits.filter((limit) => (table.boundary === 'worse' ? sign * value >= sign * limit : sign * value > sign * limit)).length
  return table.levels[worse]!
}

/** Points of the piecewise linear map from the share of severe congestion (weighted by vehicle-kilometres) to the 0-10 index; unverified. */
const TPI_POINTS: readonly (readonly [share: number, tpi: number])[] = [[0, 0], [0.04, 2], [0.08, 4], [0.11, 6], [0.14, 8], [0.24, 10]]

/** The 0-10 index of a severe share, 0 to 1. */
export function tpiOfSevereShare(share: number): number {
  const after = TPI_POINTS.findIndex(([s]) => s >= share)
  if (after === -1) return 10
  if (after === 0) return 0
  const [[s0, t0], [s1, t1]] = [TPI_POINTS[after - 1]!, TPI_POINTS[after]!]
  return t0 + ((share - s0) / (s1 - s0)) * (t1 - t0)
}

/** The 0-10 index of a travel-time ratio: 1.0, 1.3, 1.6, 1.9, 2.2 are 0, 2, 4, 6, 8; unverified. */
export const tpiOfTimeRatio = (ratio: number): number => Math.min(10, Math.max(0, ((ratio - 1) / 0.3) * 2))
