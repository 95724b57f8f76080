import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { laneLines } from './lane-lines.ts'
import { distance, metresAlong, pathLength, pointAlong, sliceLine } from './lines.ts'
import type { Link, Network, Point } from './network.ts'

const coordinate = fc.double({ min: -1000, max: 1000, noNaN: true })
const line = fc.array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 12 }) as fc.Arbitrary<Point[]>
const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('a line in the plane', () => {
  it('is as long as its two parts, which meet where it was cut', () => {
    fc.assert(fc.property(line, share, (points, s) => {
      const total = pathLength(points)
      const [head, tail] = [sliceLine(points, 0, s * total), sliceLine(points, s * total, total)]
      expect(pathLength(head) + pathLength(tail)).toBeCloseTo(total, 5)
      expect(distance(head.at(-1)!, tail[0]!)).toBe(0)
      expect(metresAlong(points).at(-1)).toBeCloseTo(total, 9)
    }))
  })

  it('ends at its ends, whatever lies beyond', () => {
    const points: Point[] = [[0, 0], [3, 4], [3, 10]]
    expect([-1, 0, 2.5, 5, 8, 11, 99].map((at) => pointAlong(points, at))).toEqual([[0, 0], [0, 0], [1.5, 2], [3, 4], [3, 7], [3, 10], [3, 10]])
  })
})

const lane = (index: number): Link['lanes'][number] => ({ index, width_m: 3, speed_mps: 14, length_m: 100 })
const street = (side: Network['driving_side'], drawnAt?: number): Network => ({
  format: 'greenwave.network/1', name: 'a street', driving_side: side, coordinate_reference: { kind: 'local' }, signals: [],
  nodes: ['a', 'b', 'c'].map((id, i) => ({ id, source_id: id, kind: 'boundary', x_m: 0, y_m: 100 * i })),
  links: [
    { id: 'ab', source_id: 'ab', from: 'a', to: 'b', length_m: 100, speed_mps: 14, lanes: [lane(0), lane(1)] },
    { id: 'bc', source_id: 'bc', from: 'b', to: 'c', length_m: 100, speed_mps: 14, lanes: [lane(0)] },
  ],
  movements: [{ id: 'm', node: 'b', from: 'ab', to: 'bc', turn: 'through' }],
  connections: drawnAt === undefined ? [] : [{ id: 'm 0', movement: 'm', from_lane: 0, to_lane: 0, length_m: 1, speed_mps: 14, shape_m: [[drawnAt, 100], [drawnAt, 101]], conflicts_with: [], yields_to: [] }],
})

describe('lanes', () => {
  it('lie between the drawing and the kerb, on the side that is driven on', () => {
    expect(laneLines(street('right'))[0]).toEqual([[[4.5, 0], [4.5, 100]], [[1.5, 0], [1.5, 100]]])
    expect(laneLines(street('left'))[0]).toEqual([[[-4.5, 0], [-4.5, 100]], [[-1.5, 0], [-1.5, 100]]])
  })

  it('lie where the connections that meet them say, kerb lane first', () => {
    const [ab, bc] = laneLines(street('right', 1.5))
    expect(ab).toEqual([[[1.5, 0], [1.5, 100]], [[-1.5, 0], [-1.5, 100]]])
    expect(bc).toEqual([[[1.5, 100], [1.5, 200]]])
  })
})
