// A small town in GeoJSON for tests: Main Street from west to east with two signals, a side street at each. Degrees, made from
// metres around a place in Vienna.
export const LAT0 = 48.2
export const LON0 = 16.3
/** Length of a degree there on the ellipsoid of WGS 84, m. */
const M_PER_DEG_LAT = 111_206
const M_PER_DEG_LON = 74_340

export const degrees = ([x, y]: readonly [number, number]): [number, number] => [LON0 + x / M_PER_DEG_LON, LAT0 + y / M_PER_DEG_LAT]

export interface TestFeature { type: 'Feature'; id?: string | number; geometry: { type: string; coordinates: unknown } | null; properties: Record<string, unknown> }
export interface TestCollection { type: string; features: TestFeature[]; [member: string]: unknown }

export const line = (points: readonly (readonly [number, number])[], properties: Record<string, unknown> = {}): TestFeature =>
  ({ type: 'Feature', geometry: { type: 'LineString', coordinates: points.map(degrees) }, properties })
export const point = (at: readonly [number, number], properties: Record<string, unknown> = {}): TestFeature =>
  ({ type: 'Feature', geometry: { type: 'Point', coordinates: degrees(at) }, properties })

/** Lines without node names; `oneway` is written, so lines without it are two-way. */
export function testTown(): TestCollection {
  return {
    type: 'FeatureCollection',
    features: [
      point([0, 0], { id: 'A', signal: true, name: 'Main and First' }),
      point([400, 8], { control: 'traffic_signals' }),
      line([[-300, 0], [0, 0]], { id: 'main1', name: 'Main Street', lanes: 4, maxspeed: 50, class: 'primary', turn_lanes_forward: 'left|through;right' }),
      line([[0, 0], [200, 30], [400, 0]], { id: 'main2', name: 'Main Street', lanes: 4, maxspeed: '30 mph', class: 'primary' }),
      line([[400, 0], [700, 0]], { id: 'main3', name: 'Main Street', lanes_forward: 2, lanes_backward: 3, turn_lanes_backward: 'left|through|through;right', speed_kmh: 50, class: 'primary' }),
      line([[0, 250], [0, 0]], { id: 'first1', name: 'First Avenue', maxspeed: 30 }),
      line([[0, 0], [0, -250]], { id: 'first2', name: 'First Avenue', maxspeed: 30 }),
      line([[400, 0.5], [400, 250]], { id: 'second', name: 'Second Avenue', oneway: 'yes', lanes: 2, class: 'residential' }),
      line([[400, -250], [400, -0.4]], { id: 'second0', name: 'Second Avenue', oneway: true, lanes: 1, speed_mps: 10 }),
    ],
  }
}
