import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { PlainXml } from './plain-xml.ts'

/** What was told, or undefined where a part is not plain. */
function readPlain(pieces: readonly string[]): string[] | undefined {
  const told: string[] = []
  const plain = new PlainXml({ open: (name, attributes, line) => told.push(`${name} ${JSON.stringify(attributes)} ${line}`), close: (name) => told.push(`/${name}`) })
  return pieces.every((piece) => plain.take(piece)) && plain.end() ? told : undefined
}

/** The same by the full parser, undefined where it finds a fault. */
function readFully(text: string): string[] | undefined {
  const told: string[] = []
  let faults = 0
  const parser = new SaxesParser({ xmlns: false, position: true })
  parser.on('opentag', ({ name, attributes }) => told.push(`${name} ${JSON.stringify(attributes)} ${parser.line}`))
  parser.on('closetag', ({ name }) => told.push(`/${name}`))
  parser.on('error', () => faults++)
  parser.write(text).close()
  return faults === 0 ? told : undefined
}

const PARTS = [
  '<?xml version="1.0" encoding="UTF-8"?>', '<!-- a > comment -->', '<!-- two -- dashes -->', '<net version="1.9">', '</net>', '<edge id="a" to="b">', '</edge>',
  '<lane index="0"\n\tspeed=\'13.89\' shape="0,0 1,1"/>', '<lane id="1" id="2"/>', '<a b="x>y" c="Köln"/>', '<a b="&lt;"/>', '<a b="1"c="2"/>', '<a b=1/>', '<a', ' ', '\n', '\r\n', '\u00a0', 'text', '<![CDATA[x]]>', '\u2028', '&amp;', '<!DOCTYPE net>', '\u0001',
]

describe('plain XML', () => {
  it('is told as the full parser tells it, wherever the pieces are cut, or left to the full parser', () => {
    const document = fc.tuple(fc.boolean(), fc.array(fc.constantFrom(...PARTS), { maxLength: 8 })).map(([whole, parts]) => (whole ? `<net>${parts.join('')}</net>` : parts.join('')))
    fc.assert(fc.property(document, fc.array(fc.nat(200)), (text, cuts) => {
      const ends = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b)
      const full = readFully(text)
      expect(readPlain([...ends, text.length].map((end, i) => text.slice(ends[i - 1] ?? 0, end))) ?? full).toEqual(full)
    }), { numRuns: 2000 })
  })

  it('is what SUMO writes', () => {
    const net = '<?xml version="1.0" encoding="UTF-8"?>\n\n<!-- generated\n <netconvertConfiguration/>\n-->\n\n<net version="1.9" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n    <edge id=":a_0">\n        <lane id=":a_0_0" shape="1.0,2.0 3.0,4.0"/>\n    </edge>\n</net>\n'
    expect(readPlain([net])).toEqual(readFully(net))
    expect(readPlain([net])).toHaveLength(6)
  })

  it('is no text, no entity and no file that ends early', () => {
    for (const text of ['<a>b</a>', '<a b="&amp;"/>', '<a>', '<a/><b/>', '', ' ', '<a></b>']) expect(readPlain([text])).toBeUndefined()
  })
})
