import { describe, expect, it } from 'vitest'
import type { StreetDrawing } from '../../diagram/street-drawing.ts'
import { congested, corridorIndex, destination, signalServices, townIndex } from './figures.ts'
import type { LiveLink } from '../service/service.ts'

const link = (id: string, from: string, to: string, name: string, length_m = 100) => ({ id, from, to, name, length_m, speed_mps: 10, lanes: 1, points_m: [] })
const drawing = {
  links: [link('ab', 'a', 'b', 'Main'), link('bc', 'b', 'c', 'Main', 300), link('cb', 'c', 'b', 'Main', 300), link('ba', 'b', 'a', 'Main'), link('xb', 'x', 'b', 'Cross')],
  movements: [{ id: 'm1', from: 'ab', to: 'bc', turn: 'through', signal: 'b' }, { id: 'm2', from: 'xb', to: 'bc', turn: 'left', signal: 'b' }, { id: 'm3', from: 'bc', to: 'cb', turn: 'u-turn' }],
} as unknown as StreetDrawing
const live = (...all: [string, number | undefined, number][]) => new Map(all.map(([link, index, vehicles]): [string, LiveLink] =>
  [link, { link, vehicles, age_s: 5, ...(index === undefined ? { freshness: 'no-data' as const } : { freshness: 'live' as const, index, speed_mps: 10 / index, travel_time_s: 10 * index }) }]))

describe('figures of the overview', () => {
  it('names a direction after the street at its end', () => {
    expect(destination(drawing, drawing.links[0]!)).toBe('Cross')
    expect(destination(drawing, drawing.links[1]!)).toBeUndefined()
  })

  it('puts those places first where all vehicles together lose most, and leaves out what is unknown or flows', () => {
    expect(congested(drawing, live(['ab', 3, 10], ['bc', 2, 10], ['cb', 1.7, 50], ['ba', undefined, 0])).map(({ street, lost_s }) => [street.id, lost_s])).toEqual([['bc', 30], ['ab', 20]])
  })

  it('weighs the index by length and says how many links it knows', () => {
    expect(townIndex(drawing, live(['ab', 3, 5], ['bc', 1, 5]))).toEqual({ index: 1.5, known: 2, all: 5 })
    expect(townIndex(drawing, new Map())).toEqual({ index: undefined, known: 0, all: 5 })
  })

  it('gives a corridor an index each way only where more than half of it is known', () => {
    expect(corridorIndex(drawing, live(['ab', 3, 5], ['cb', 2, 5]), ['a', 'b', 'c'])).toEqual([undefined, 2])
  })

  it('rates a signal by the mean delay of the vehicles that crossed it', () => {
    const services = signalServices(drawing, [{ movement: 'm1', crossings: 3, delay_s: 10 }, { movement: 'm2', crossings: 1, delay_s: 70 }, { movement: 'm3', crossings: 9, delay_s: 500 }, { movement: 'm1', crossings: 4 }])
    expect([...services.values()]).toEqual([{ signal: 'b', level: 'C', delay_s: 25, crossings: 4 }])
  })
})
