// Which UTDF records are used and what the columns of [Lanes] and [Links] mean (compass approach and turn).
import type { Turn } from '../../../model/network.ts'
import type { SectionName } from './document.ts'

const USED: Record<SectionName, string[]> = {
  links: ['up id', 'lanes', 'name', 'distance', 'speed', 'grade'],
  lanes: [
    'up node', 'dest node', 'lanes', 'shared', 'width', 'storage', 'stlanes', 'grade', 'speed', 'phase1', 'phase2', 'phase3', 'phase4',
    'permphase1', 'permphase2', 'permphase3', 'permphase4', 'satflow', 'allow rtor', 'volume', 'distance', 'right channeled', 'turning speed', 'signcontrol',
    'lost time adjust', 'phf', 'peds', 'midblock', 'numdetects', 'detectphase1', 'detectphase2', 'detectphase3', 'detectphase4',
    ...[1, 2, 3, 4, 5].flatMap((i) => ['pos', 'size', 'type', 'extend', 'delay'].map((what) => `detect${what}${i}`)),
  ],
  timeplans: ['control type', 'cycle length', 'referenced to', 'reference phase', 'offset', 'node 0', 'node 1', 'node 2', 'node 3', 'node 4', 'node 5', 'node 6', 'node 7'],
  phases: ['brp', 'mingreen', 'maxgreen', 'yellow', 'allred', 'walk', 'dontwalk', 'start', 'end', 'recall', 'vehext', 'timebeforereduce', 'timetoreduce', 'mingap', 'pedcalls', 'dualentry', 'inhibitmax'],
}

const usedSets = new Map(Object.entries(USED).map(([section, names]) => [section, new Set(names)]))

export const isUsed = (section: SectionName, name: string): boolean => usedSets.get(section)?.has(name.toLowerCase()) ?? false

export const COMPASS = ['NB', 'SB', 'EB', 'WB', 'NE', 'NW', 'SE', 'SW'] as const
export type Compass = (typeof COMPASS)[number]

/** Direction of travel of an approach, radians counter-clockwise from east. */
export const COMPASS_HEADING: Record<Compass, number> = {
  EB: 0, NE: Math.PI / 4, NB: Math.PI / 2, NW: (3 * Math.PI) / 4, WB: Math.PI, SW: (-3 * Math.PI) / 4, SB: -Math.PI / 2, SE: -Math.PI / 4,
}

/** Column of [Lanes]: approach, turn, and how far left it lies among the turns of its approach. */
export interface LaneColumn {
  name: string
  compass: Compass
  turn: Turn
  /** 0 = leftmost: u-turn, second left, left, through, right, second right. */
  order: number
}

const TURNS: Record<string, { turn: Turn; order: number }> = {
  U: { turn: 'u-turn', order: 0 },
  L2: { turn: 'left', order: 1 },
  L: { turn: 'left', order: 2 },
  T: { turn: 'through', order: 3 },
  R: { turn: 'right', order: 4 },
  R2: { turn: 'right', order: 5 },
}

/** Undefined for PED, HOLD and whatever is no movement. */
export function parseLaneColumn(name: string): LaneColumn | undefined {
  const match = /^(NB|SB|EB|WB|NE|NW|SE|SW)(U|L2?|T|R2?)$/.exec(name)
  const turn = TURNS[match?.[2] ?? '']
  if (match === null || turn === undefined) return undefined
  return { name, compass: match[1] as Compass, ...turn }
}
