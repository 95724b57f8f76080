// A small CityFlow street of our own for tests: signals A and B in a row between W and E, side streets at both. Main
// roads have two lanes, side roads one; widths 12 m; lane links without points, as CityFlow's own generator may leave them.

export interface TestPhase { time: number; availableRoadLinks: number[] }
export interface TestRoadLink { type: string; startRoad: string; endRoad: string; laneLinks: { startLaneIndex: number; endLaneIndex: number; points?: { x: number; y: number }[] }[] }
export interface TestIntersection {
  id: string
  point: { x: number; y: number }
  width: number
  roads: string[]
  roadLinks: TestRoadLink[]
  trafficLight: { lightphases: TestPhase[] }
  virtual: boolean
}
export interface TestRoad { id: string; points: { x: number; y: number }[]; lanes: { width: number; maxSpeed: number }[]; startIntersection: string; endIntersection: string }
export interface TestRoadnet { intersections: TestIntersection[]; roads: TestRoad[] }

const PLACES: Record<string, [x: number, y: number]> = {
  W: [-300, 0], A: [0, 0], B: [400, 0], E: [700, 0], NA: [0, 200], SA: [0, -200], NB: [400, 200], SB: [400, -200],
}
const STREETS: [a: string, b: string, lanes: number][] = [['W', 'A', 2], ['A', 'B', 2], ['B', 'E', 2], ['NA', 'A', 1], ['SA', 'A', 1], ['NB', 'B', 1], ['SB', 'B', 1]]
const SIGNALS = ['A', 'B']

export function testRoadnet(): TestRoadnet {
  const roads = STREETS.flatMap(([a, b, lanes]) => [road(a, b, lanes), road(b, a, lanes)])
  return { intersections: Object.keys(PLACES).map((id) => intersection(id, roads)), roads }
}

const point = (id: string): { x: number; y: number } => {
  const [x, y] = PLACES[id] ?? [0, 0]
  return { x, y }
}

function road(from: string, to: string, lanes: number): TestRoad {
  return {
    id: `${from}_${to}`, points: [point(from), point(to)], startIntersection: from, endIntersection: to,
    lanes: Array.from({ length: lanes }, (_, i) => ({ width: 3 + i / 2, maxSpeed: 11.111 })),
  }
}

function intersection(id: string, roads: readonly TestRoad[]): TestIntersection {
  const own = roads.filter((road) => road.startIntersection === id || road.endIntersection === id)
  const virtual = !SIGNALS.includes(id)
  const roadLinks = virtual ? [] : own.filter((road) => road.endIntersection === id).flatMap((from) => own.filter((to) => to.startIntersection === id).map((to) => roadLink(from, to)))
  return { id, point: point(id), width: virtual ? 0 : 12, roads: own.map((road) => road.id), roadLinks, trafficLight: { lightphases: virtual ? [] : phases(roadLinks) }, virtual }
}

function roadLink(from: TestRoad, to: TestRoad): TestRoadLink {
  const heading = ({ points: [a, b] }: TestRoad): number => Math.atan2((b?.y ?? 0) - (a?.y ?? 0), (b?.x ?? 0) - (a?.x ?? 0))
  const turned = Math.round((heading(to) - heading(from)) / (Math.PI / 2) + 8) % 4
  const type = turned === 0 ? 'go_straight' : turned === 3 ? 'turn_right' : 'turn_left'
  const starts = type === 'go_straight' ? from.lanes.map((_, i) => i) : [type === 'turn_left' ? 0 : from.lanes.length - 1]
  return { type, startRoad: from.id, endRoad: to.id, laneLinks: starts.flatMap((start) => to.lanes.map((_, end) => ({ startLaneIndex: start, endLaneIndex: end }))) }
}

/** Main street 30 s, change 5 s, side streets 20 s, change 5 s; right turns always. */
function phases(links: readonly TestRoadLink[]): TestPhase[] {
  const indices = (takes: (link: TestRoadLink) => boolean): number[] => links.flatMap((link, i) => (takes(link) ? [i] : []))
  const right = (link: TestRoadLink): boolean => link.type === 'turn_right'
  const main = (link: TestRoadLink): boolean => !/[NS]/.test(link.startRoad.split('_')[0] ?? '')
  const change = { time: 5, availableRoadLinks: indices(right) }
  return [
    { time: 30, availableRoadLinks: indices((link) => right(link) || main(link)) }, change,
    { time: 20, availableRoadLinks: indices((link) => right(link) || !main(link)) }, { ...change },
  ]
}

export const TEST_VEHICLE = { length: 5, width: 2, maxPosAcc: 2, maxNegAcc: 4.5, usualPosAcc: 1.8, usualNegAcc: 4, minGap: 2.5, maxSpeed: 10, headwayTime: 1.5 }

export interface TestFlow { vehicle: Record<string, unknown>; route: string[]; interval: number; startTime?: number; endTime?: number }

export const testFlow = (): TestFlow[] => [
  { vehicle: { ...TEST_VEHICLE }, route: ['W_A', 'A_B', 'B_E'], interval: 5, startTime: 0, endTime: 100 },
  { vehicle: { ...TEST_VEHICLE }, route: ['E_B', 'A_W'], interval: 5, startTime: 0, endTime: 50 },
  { vehicle: { ...TEST_VEHICLE, length: 12 }, route: ['NA_A', 'A_SA'], interval: 1, startTime: 7, endTime: 7 },
]
