import { describe, expect, it } from 'vitest'
import { buildSignFace, paintSignFace, type SignFaceInput } from './sign-face.ts'

const widthOf = (text: string): number => [...text].reduce((sum, one) => sum + (one.codePointAt(0)! < 0x2000 ? 0.5 : 1), 0)
const streets: SignFaceInput['streets'] = {
  driving_side: 'right', names: [{ name: '南湖大道', segments: ['a', 'b'] }],
  segments: [{ id: 'a', points: [[0, 0], [500, 0]] }, { id: 'b', points: [[500, 0], [1000, 0]] }, { id: 'elsewhere', points: [[0, 9000], [1000, 9000]] }],
}
const face = (input: Partial<SignFaceInput>): string => paintSignFace(buildSignFace({ lines: 2, characters_per_line: 12, page: undefined, lamps: [], streets, widthOf, ...input }), { title: '路口', description: '' })

describe('the face of a sign', () => {
  it('draws its own streets in the colours of their lamps, told apart by width as well, and no other street', () => {
    const svg = face({ lamps: [{ segment: 'a', colour: 'red' }, { segment: 'b', colour: 'off' }] })
    expect(svg).toMatch(/data-segment="a" data-colour="red" stroke="#ff3b30" stroke-width="18"/)
    expect(svg).toMatch(/data-segment="b" data-colour="off" stroke="#5b656b" stroke-width="3" stroke-dasharray/)
    expect([svg.includes('elsewhere'), svg.includes('南湖大道')]).toEqual([false, true])
  })

  it('shows lamps of segments that lie nowhere beside each other, none is lost', () => {
    const { row, drawn } = buildSignFace({ lines: 2, characters_per_line: 12, page: undefined, streets, widthOf, lamps: [{ segment: 'x', colour: 'green' }, { segment: 'a', colour: 'green' }, { segment: 'y', colour: 'off' }] })
    expect([row.map(({ id }) => id), drawn.lines.map(({ id }) => id)]).toEqual([['x', 'y'], ['a']])
    expect(row[1]!.x).toBeGreaterThan(row[0]!.x + row[0]!.width)
  })

  it('puts each character into the middle of its cell and the line into the middle of the sign, smaller where it is too wide', () => {
    const { letters, width } = buildSignFace({ lines: 2, characters_per_line: 12, page: ['约9分', '十三个汉字在一行里放不下了'], streets, widthOf, lamps: [] })
    const [short, long] = letters
    expect(short!.xs).toHaveLength(3)
    expect((short!.xs[1]! * 2 - short!.xs[0]! - short!.xs[2]!)).toBeCloseTo(0)
    expect((short!.xs[0]! + short!.xs[2]!) / 2).toBeCloseTo(width / 2)
    expect(long!.size / short!.size).toBeCloseTo(12 / 13)
    expect(Math.min(...long!.xs) - long!.size / 2).toBeGreaterThanOrEqual(29.9)
  })

  it('lights exactly the dots of a matrix', () => {
    const svg = face({ page: ['·'], dots: { columns: 4, lit: Uint8Array.from([0, 1, 1, 0, 1, 0, 0, 1]) } })
    const lit = [...svg.matchAll(/<path d="([^"]*)" stroke="#ffd84d"/g)].map(([, d]) => d)
    // 1140 pixels of 4 dots: 285 each.
    expect(lit).toEqual(['M457.5 172.5h285.1M172.5 457.5h0.1M1027.5 457.5h0.1'])
    expect(svg).not.toContain('<text x')
  })

  it('writes text as text', () => {
    expect(face({ page: ['<script>'] })).toContain('&lt;script&gt;')
  })
})
