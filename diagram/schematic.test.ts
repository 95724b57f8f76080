import { describe, expect, it } from 'vitest'
import { buildSchematic, type SchematicInput } from './schematic.ts'
import { pixelsOf } from './text-width.ts'

const SIZE = 34
/** Streets from south to north, close together, and two from west to east. */
const crossings = Array.from({ length: 8 }, (_, i) => ({ id: `n${i}`, points: [[i * 150, 0], [i * 150, 700]] as const }))
const along = [0, 1].map((i) => ({ id: `e${i}`, points: [[-100, 300 + 20 * i], [1200, 300 + 20 * i]] as const }))
const input: SchematicInput = {
  segments: [...crossings, ...along], signals: [], driving_side: 'right', width: 1200, height: 520, margin: 40, aside: 12, text: SIZE,
  names: [...crossings, ...along].map(({ id }) => ({ name: `Long Street ${id}`, segments: [id] })),
}

describe('a schematic', () => {
  it('puts no name over another or beyond the screen, and leaves room for the streets', () => {
    const { names, lines, width, height } = buildSchematic(input)
    const boxes = names.map(({ name, at: [x, y], anchor }) => {
      const wide = pixelsOf(name, SIZE)
      const left = anchor === 'middle' ? x - wide / 2 : anchor === 'end' ? x - wide : x
      return { name, left, right: left + wide, top: y - SIZE * 0.8, bottom: y + SIZE * 0.2 }
    })
    expect(boxes).toHaveLength(10)
    for (const [i, one] of boxes.entries()) {
      expect([one.left >= 0, one.right <= width, one.top >= 0, one.bottom <= height]).toEqual([true, true, true, true])
      for (const other of boxes.slice(i + 1)) expect(one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom ? `${one.name} over ${other.name}` : '').toBe('')
    }
    expect(Math.min(...lines.map(({ length }) => length))).toBeGreaterThan(80)
  })
})
