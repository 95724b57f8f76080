// Towns drawn from a seed for tests: a crooked grid of streets of all classes, some one-way, some divided, some with signals,
// signs or turn lanes, as OpenStreetMap has them.
import type { TestMap, TestNode, TestWay } from './test-map.ts'

const CLASSES = ['primary', 'secondary', 'tertiary', 'residential', 'unclassified']
const PITCH_M = 160

export function randomTown(seed: number, columns = 4, rows = 3): TestMap {
  let state = (seed * 2654435761 + 12345) >>> 0
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const nodes: TestNode[] = []
  const ways: TestWay[] = []
  let id = 0
  const add = (x: number, y: number, tags: Record<string, string> = {}): number => {
    nodes.push({ id: ++id, at: [x, y], tags })
    return id
  }
  const jitter = (): number => (random() - 0.5) * 50
  const [xs, ys] = [columns, rows].map((count) => Array.from({ length: count }, (_, i) => i * PITCH_M + jitter())) as [number[], number[]]
  const kind = (): { highway: string; divided: boolean; oneway: string; lanes: number } => {
    const highway = pick(CLASSES)
    const divided = random() < 0.25
    return { highway, divided, oneway: divided ? 'yes' : random() < 0.15 ? pick(['yes', '-1']) : 'no', lanes: divided ? pick([2, 3]) : pick([1, 2, 2, 3, 4]) }
  }
  // Each street is one line, or two lines a median apart; crossings of the lines are the nodes.
  const lines = (places: readonly number[]): { place: number; street: number; reverse: boolean; kind: ReturnType<typeof kind> }[] => places.flatMap((place, street) => {
    const own = kind()
    return own.divided ? [{ place: place - 8, street, reverse: false, kind: own }, { place: place + 8, street, reverse: true, kind: own }] : [{ place, street, reverse: false, kind: own }]
  })
  const [vertical, horizontal] = [lines(xs), lines(ys)]
  const signalised = new Set(xs.flatMap((_, i) => ys.flatMap((__, j) => (random() < 0.5 ? [`${i} ${j}`] : []))))
  const crossing = vertical.map((v) => horizontal.map((h) => add(v.place + random(), h.place + random(), signalised.has(`${v.street} ${h.street}`) ? { highway: 'traffic_signals' } : {})))
  const draw = (name: string, line: (typeof vertical)[number], middle: number[], ends: [number, number]): void => {
    const { highway, divided, oneway, lanes } = line.kind
    const tags: Record<string, string> = { highway, name, maxspeed: pick(['30', '50', '50', '30 mph']), ...(oneway === 'no' ? {} : { oneway }) }
    const count = oneway === 'no' ? Math.max(2, lanes) : lanes
    if (random() < 0.8) tags.lanes = String(count)
    const path = [ends[0], ...middle, ends[1]]
    if (divided && line.reverse) path.reverse()
    const half = Math.ceil(path.length / 2)
    ways.push({ id: 1000 + ways.length, nodes: path.slice(0, half), tags })
    const marked = oneway !== 'no' && tags.lanes !== undefined && random() < 0.5
    ways.push({ id: 1000 + ways.length, nodes: path.slice(half - 1), tags: marked ? { ...tags, 'turn:lanes': ['left', ...Array.from({ length: Number(tags.lanes) - 1 }, () => 'through')].join('|').replace(/through$/, 'through;right') } : tags })
  }
  vertical.forEach((line, i) => draw(`Avenue ${line.street + 1}`, line, crossing[i] as number[], [add(line.place, -PITCH_M), add(line.place, rows * PITCH_M)]))
  horizontal.forEach((line, j) => draw(`Street ${line.street + 1}`, { ...line, reverse: !line.reverse }, crossing.map((column) => column[j] as number), [add(-PITCH_M, line.place), add(columns * PITCH_M, line.place)]))
  return { nodes, ways }
}
