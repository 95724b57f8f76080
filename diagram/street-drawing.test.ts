import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Network } from '../model/network.ts'
import type { ScenarioDocument } from '../model/scenario.ts'
import { streetDrawing } from './street-drawing.ts'

const folder = join(import.meta.dirname, '..', 'scenarios', 'nanhu-avenue')
const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T
const network = read<Network>('network.json')
const drawing = streetDrawing({ scenario: read<ScenarioDocument>('scenario.json'), network })

describe('the streets as pages draw them', () => {
  it('have every link, movement, signal and corridor, and no number finer than a decimetre', () => {
    expect([drawing.links.length, drawing.movements.length, drawing.signals.length]).toEqual([network.links.length, network.movements.length, network.signals.length])
    expect(drawing.corridors[0]!.intersections).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(drawing.links.flatMap(({ points_m }) => points_m.flat()).filter((value) => Math.abs(value * 10 - Math.round(value * 10)) > 1e-6)).toEqual([])
  })

  it('lie where vehicles drive: the two directions of a street beside each other, on the driving side', () => {
    const along = drawing.links.find(({ from, to }) => drawing.links.some((other) => other.from === to && other.to === from))!
    const back = drawing.links.find(({ from, to }) => from === along.to && to === along.from)!
    const [a, b] = [along.points_m[0]!, along.points_m.at(-1)!]
    const c = back.points_m[0]!
    // The other direction is on the left of who drives on the right.
    expect((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])).toBeGreaterThan(0)
    expect(drawing.driving_side).toBe('right')
  })

  it('say at which signal a link ends', () => {
    const ends = new Map(network.movements.map(({ from, signal }) => [from, signal]))
    for (const { id, signal } of drawing.links) expect(signal).toBe(ends.get(id))
  })
})
