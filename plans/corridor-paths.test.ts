import { describe, expect, it } from 'vitest'
import { emptyDemand, PASSENGER_CAR, type Demand } from '../model/demand.ts'
import { compileSignal } from '../model/compile.ts'
import { modulo } from '../model/units.ts'
import { planCorridor } from '../optimizer/corridor/index.ts'
import { arterial } from '../optimizer/testing/arterial.ts'
import { listCorridorPaths } from './corridor-paths.ts'

const street = arterial({ lefts: 'both' })
const period = { id: 'hour', start_s: 0, end_s: 3600 }

/** A hundred cars straight on, fifty that turn in at S2 and off at S4, twelve buses back that stop 20 s between S3 and S2. */
function demand(): Demand {
  const routes = [
    { id: 'through', links: ['west-S1', 'S1-S2', 'S2-S3', 'S3-S4', 'S4-east'] },
    { id: 'turning', links: ['S2n-S2', 'S2-S3', 'S3-S4', 'S4-S4n'] },
    { id: 'bus', links: ['east-S4', 'S4-S3', 'S3-S2', 'S2-S1', 'S1-west'] },
    { id: 'crossing', links: ['S2n-S2', 'S2-S2s'] },
  ]
  const counts = [100, 50, 12, 400]
  const route = counts.flatMap((count, r) => Array.from({ length: count }, () => r))
  return {
    ...emptyDemand(), routes, vehicle_types: [PASSENGER_CAR, { ...PASSENGER_CAR, id: 'bus', vehicle_class: 'bus', max_speed_mps: 12 }],
    vehicles: { depart_s: route.map((_, i) => i), route, type: route.map((r) => (r === 2 ? 1 : 0)) },
    stops: route.flatMap((r, vehicle) => (r === 2 ? [{ vehicle, link: 'S3-S2', lane: 0, position_m: 100, duration_s: 20 }] : [])),
  }
}

describe('listCorridorPaths', () => {
  it('counts persons along paths over the corridor, turning ones and buses with their stops, and leaves out who only crosses', () => {
    const paths = listCorridorPaths(street.graph, street.corridor, demand(), period)
    expect(paths.map(({ mode, persons_h }) => [mode, Math.round(persons_h)])).toEqual([['bus', 360], ['car', 130], ['car', 65]])
    expect(paths[0]!.crossings.map(({ signal }) => signal)).toEqual(['S4', 'S3', 'S2', 'S1'])
    expect(paths[0]!.legs.map(({ distance_m, dwell_min_s }) => [Math.round(distance_m), dwell_min_s])).toEqual([[480, 0], [250, 20], [320, 0]])
    expect(paths[2]!.crossings.map(({ signal, movements }) => [signal, movements[0]!.movement])).toEqual([['S2', 'S2.Sl'], ['S3', 'S3.Et'], ['S4', 'S4.El']])
  })

  it('takes the ways that drivers draw where only turns were counted, the same each time, with no more persons than were counted', () => {
    const volumes = [...street.volumes].map(([movement, vph]) => ({ movement, volume_vph: [vph] }))
    const counted: Demand = { ...emptyDemand(), intervals: [{ id: 'hour', start_s: 0, end_s: 3600 }], volumes }
    const paths = listCorridorPaths(street.graph, street.corridor, counted, period)
    expect(paths).toEqual(listCorridorPaths(street.graph, street.corridor, counted, period))
    expect(paths.every(({ mode, crossings }) => mode === 'car' && crossings.length >= 2)).toBe(true)
    const over = (movement: string): number => paths.reduce((sum, { persons_h, crossings }) => sum + (crossings.some(({ movements }) => movements[0]!.movement === movement) ? persons_h / 1.3 : 0), 0)
    // Four standard deviations of as many chances.
    for (const [movement, vph] of street.volumes) expect(over(movement)).toBeLessThanOrEqual(vph + 4 * Math.sqrt(vph) + 1)
    expect(paths[0]!.crossings.map(({ signal }) => signal)).toHaveLength(4)
  })

  it('says what is missing where nobody drives along the corridor', () => {
    expect(() => listCorridorPaths(street.graph, street.corridor, emptyDemand(), period)).toThrow('bands along paths need vehicles with routes, or counted turns')
  })

  it('makes a plan for them whose bands are green for the bus as for the cars, and tells who gets none', () => {
    const paths = listCorridorPaths(street.graph, street.corridor, demand(), period)
    const [candidate] = planCorridor({ ...street, options: { objective: 'paths', paths, cycle_min_s: 90, cycle_max_s: 90 } }).candidates
    const found = candidate!.paths!
    expect(candidate!.kind).toBe('paths')
    expect(found.bands.map(({ mode }) => mode)).toEqual(['bus', 'car', 'car'])
    expect(found.certificate.value).toBeCloseTo(found.bands.reduce((sum, { width_s, persons_h }) => sum + width_s * persons_h, 0), 6)
    expect(found.certificate.bound).toBeGreaterThanOrEqual(found.certificate.value)
    expect(found.sentences).toHaveLength(4)
    for (const [i, { width_s }] of found.bands.entries()) expect(found.sentences[i]).toMatch(width_s > 0 ? /gets a band of/ : /gets no band: /)
    expect(found.bands.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9)
    for (const { width_s, reason } of found.bands) expect(reason === undefined).toBe(width_s > 0)
    // The bus has the most persons: front and rear of its band meet green at every signal, and it stands for its stop.
    const [bus] = found.bands
    expect(bus!.width_s).toBeGreaterThan(0)
    for (const { signal, time_s } of bus!.front_s) {
      const pattern = candidate!.patterns.find((each) => each.signal === signal)!
      const compiled = compileSignal(street.graph.getSignal(signal), pattern)
      const inside = compiled.groups.find(({ id }) => id === '6')!.green_windows_s.some(([start, end]) => modulo(time_s - compiled.offset_s - start + 1e-6, 90) + bus!.width_s <= end - start + 1e-5)
      expect({ signal, inside }).toEqual({ signal, inside: true })
    }
    const times = bus!.front_s.map(({ time_s }) => time_s)
    expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(20 + 250 / 12 - 1e-6)
    expect(times[2]! - times[1]!).toBeLessThanOrEqual(20 + 250 / (12 * 0.85) + 1e-6)
  })
})
