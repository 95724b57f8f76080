// Text out of a PDF as Chromium prints it (Skia): pages' streams with glyph numbers, which each font's ToUnicode table turns into letters.
import { inflateSync } from 'node:zlib'

/** Letters in the order in which they were drawn; a space where the pen was moved. */
export function textOfPdf(pdf: Buffer): string {
  const objects = objectsOf(pdf)
  const tables = new Map<string, Map<number, string>>()
  const tableOf = (font: string): Map<number, string> => {
    const known = tables.get(font)
    if (known !== undefined) return known
    const table = lettersOf(objects.get(/\/ToUnicode (\d+) 0 R/.exec(objects.get(font)?.head ?? '')?.[1] ?? '')?.stream ?? '')
    tables.set(font, table)
    return table
  }
  let text = ''
  for (const { head } of objects.values()) {
    if (!/\/Type\s*\/Page\b(?!s)/.test(head)) continue
    const resources = /\/Resources (\d+) 0 R/.exec(head)?.[1]
    const fonts = new Map([...`${head} ${resources === undefined ? '' : objects.get(resources)?.head ?? ''}`.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, id]) => [name!, id!]))
    for (const [, id] of (/\/Contents (\d+ 0 R|\[[^\]]*\])/.exec(head)?.[1] ?? '').matchAll(/(\d+) 0 R/g)) text += drawn(objects.get(id!)?.stream ?? '', (name) => tableOf(fonts.get(name) ?? ''))
    text += '\n'
  }
  return text
}

interface PdfObject { head: string; stream: string }

function objectsOf(pdf: Buffer): Map<string, PdfObject> {
  const all = pdf.toString('latin1')
  const found = new Map<string, PdfObject>()
  for (const match of all.matchAll(/(?:^|\n)(\d+) 0 obj\s*([\s\S]*?)(?:stream\r?\n|endobj)/g)) {
    const head = match[2]!
    const begin = match.index + match[0].length
    const length = Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0)
    let stream = ''
    if (!match[0].endsWith('endobj') && length > 0) {
      const raw = pdf.subarray(begin, begin + length)
      // Pictures and fonts are of no interest, whatever they are packed in.
      try { stream = head.includes('FlateDecode') ? inflateSync(raw).toString('latin1') : raw.toString('latin1') } catch { stream = '' }
    }
    found.set(match[1]!, { head, stream })
  }
  return found
}

const lettersIn = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le')

function lettersOf(table: string): Map<number, string> {
  const letters = new Map<number, string>()
  for (const [, block] of table.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) for (const [, from, to] of block!.matchAll(/<(\w+)>\s*<(\w+)>/g)) letters.set(Number.parseInt(from!, 16), lettersIn(to!))
  for (const [, block] of table.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) for (const [, from, until, to] of block!.matchAll(/<(\w+)>\s*<(\w+)>\s*<(\w+)>/g)) {
    const [first, last, letter] = [from!, until!, to!].map((hex) => Number.parseInt(hex, 16)) as [number, number, number]
    for (let glyph = first; glyph <= last; glyph++) letters.set(glyph, String.fromCodePoint(letter + glyph - first))
  }
  return letters
}

function drawn(stream: string, tableOf: (font: string) => Map<number, string>): string {
  let table = new Map<number, string>()
  let text = ''
  for (const [token, font, hex] of stream.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|\bT[dmD*]\b|\bET\b/g)) {
    if (font !== undefined) table = tableOf(font)
    else if (hex !== undefined) for (const [glyph] of hex.matchAll(/.{4}/g)) text += table.get(Number.parseInt(glyph, 16)) ?? ''
    else if (token === 'ET' || !text.endsWith(' ')) text += token === 'ET' ? '' : ' '
  }
  return text
}
