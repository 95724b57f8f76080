import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GreenwaveError } from '../../../model/errors.ts'
import { importRefusal } from '../../../test/import-outcome.ts'
import { importUtdf } from './import.ts'
import type { UtdfImportOptions } from './import.ts'
import { testCounts, testNetwork } from './test-network.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'utdf-errors-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const text = (lines: string[]): string => `${lines.join('\n')}\n`
const lineOf = (lines: string[], beginning: string): number => lines.findIndex((line) => line.startsWith(beginning)) + 1

/** The file with one line replaced; the line must exist. */
function changed(beginning: string, edit: (line: string) => string | string[]): string[] {
  const lines = testNetwork()
  const at = lines.findIndex((line) => line.startsWith(beginning))
  if (at < 0) throw new Error(`no line begins with ${beginning}`)
  lines.splice(at, 1, ...[edit(lines[at] as string)].flat())
  return lines
}

async function refusal(content: string, options: UtdfImportOptions = {}, name = 'network.csv'): Promise<GreenwaveError> {
  const file = join(folder, name)
  writeFileSync(file, content)
  return importRefusal(importUtdf(file, options))
}

describe('a file that is no combined UTDF export', () => {
  test.each([
    ['0 bytes', '', 'input.empty', '0 bytes'],
    ['XML', '<?xml version="1.0"?>\n<net/>\n', 'input.format', 'XML'],
    ['JSON', '{"intersections": []}\n', 'input.format', 'JSON'],
    ['one table of an old export', 'Lane Group Data\nRECORDNAME,INTID,NBL\nLanes,1,1\n', 'input.format', 'old UTDF export'],
    ['a text', 'hello\n', 'input.format', '"hello"'],
    ['no [Lanes]', '[Network]\nNetwork Settings\nRECORDNAME,DATA\nMetric,0\n', 'input.format', '[Lanes]'],
    ['blank lines', '\n\n,,,\n', 'input.empty', 'no line with text'],
  ])('%s is refused in one sentence', async (_, content, code, part) => {
    const error = await refusal(content)
    expect(error.code).toBe(code)
    expect(error.message).toContain(part)
  })

  test('a file that does not exist is refused', async () => {
    await expect(importUtdf(join(folder, 'missing.csv'))).rejects.toMatchObject({ code: 'input.unreadable' })
  })
})

describe('a file that was cut off', () => {
  test('in its last row names the line', async () => {
    const lines = testNetwork()
    lines.push(lines.pop()?.slice(0, 9) ?? '')
    const error = await refusal(lines.join('\n'))
    expect(error.code).toBe('input.truncated')
    expect(error.place?.line).toBe(lines.length)
  })

  test('between two rows of [Phases] says what the last signal lacks', async () => {
    const lines = testNetwork()
    const error = await refusal(text(lines.slice(0, lineOf(lines, 'MaxGreen,2') - 1)))
    expect(error.code).toBe('input.truncated')
    expect(error.message).toContain('MaxGreen, Yellow, AllRed')
  })

  test('after a section header', async () => {
    const lines = testNetwork()
    expect((await refusal(text(lines.slice(0, lineOf(lines, '[Phases]'))))).code).toBe('input.truncated')
  })
})

describe('broken values name file, line and value', () => {
  test.each([
    ['a length that is no number', 'Distance,1,,', (line: string) => line.replace('800', 'NaN'), 'input.value', '"NaN"'],
    ['a negative length', 'Distance,1,,', (line: string) => line.replace('800', '-800'), 'input.value', '-800'],
    ['a negative length in [Links]', 'Distance,2,500', (line: string) => line.replace('1320', '-3'), 'input.value', '-3'],
    ['a speed of 0', 'Speed,1,,', (line: string) => line.replace('40', '0'), 'input.value', 'is 0'],
    ['a node without coordinates', '12,1,0', () => '12,1,,-500,0,', 'input.value', 'no X'],
    ['half a lane', 'Lanes,1', (line: string) => line.replace('2', '2.5'), 'input.value', '2.5'],
    ['the same node twice', '12,1,0', (line: string) => [line, line], 'input.duplicate', 'node 12'],
    ['the same record twice', 'Volume,2', (line: string) => [line, line], 'input.duplicate', 'Volume of intersection 2'],
    ['a link from a node that does not exist', 'Up ID,2', (line: string) => line.replace('14', '77'), 'input.reference', '77'],
    ['a BRP that is none', 'BRP,1', (line: string) => line.replace('111', '19'), 'input.value', '"19"'],
    ['two phases in one place', 'BRP,1', (line: string) => line.replace('112', '111'), 'input.duplicate', '111'],
    ['a signal without green', 'MaxGreen,1', () => 'MaxGreen,1,,,,,,,,', 'network.signal', 'no phase'],
    ['a movement on a phase without green', 'Phase1,1', (line: string) => line.replace('8', '7'), 'network.signal', 'phase 7'],
    ['a cycle shorter than its minimums', 'Cycle Length,2', () => 'Cycle Length,2,40', 'network.signal', '49 s'],
    ['a cycle of 0', 'Cycle Length,1', () => 'Cycle Length,1,0', 'network.signal', 'cycle length of 0'],
    ['a signal without cycle', 'Cycle Length,1', () => [], 'network.signal', 'cycle length of nothing'],
    ['an unknown offset reference', 'Referenced To,1', () => 'Referenced To,1,8', 'input.value', 'referenced to 8'],
    ['timing for an unknown intersection', 'Cycle Length,2', (line: string) => [line, 'Cycle Length,9,90'], 'input.reference', 'intersection 9'],
    ['an open quote', 'Name,1', () => 'Name,1,"First Ave', 'input.syntax', 'quote'],
  ])('%s', async (_, beginning, edit, code, part) => {
    const error = await refusal(text(changed(beginning, edit as (line: string) => string | string[])))
    expect(error.code).toBe(code)
    expect(error.message).toContain(part)
    expect(error.place?.file).toContain('network.csv')
    expect(error.place?.line).toBeGreaterThan(0)
  })

  test('the line is the one of the value', async () => {
    const lines = changed('Distance,1,,', (line) => line.replace('800', 'NaN'))
    const error = await refusal(text(lines))
    expect(error.place?.line).toBe(lineOf(lines, 'Distance,1,,'))
    expect(error.place?.element).toBe('record Distance of 1')
  })

  test('a phase that serves no lane', async () => {
    const lines = changed('Phase1,2', (line) => line.replace('4,4', ',').replace(',,,', ',3,3,'))
    const error = await refusal(text(lines.map((line) => (line.startsWith('Phase1,2') ? 'Phase1,2,3,3,,3,3,,5,2,,1,6,,,' : line))))
    expect(error.code).toBe('network.signal')
    expect(error.message).toContain('phase 4 has green time but serves no lane')
  })

  test('a signal without phases', async () => {
    const lines = testNetwork()
    const gone = lines.filter((line, i) => i < lineOf(lines, '[Phases]') || !/^[A-Za-z ]+,2,/.test(line))
    const error = await refusal(text(gone))
    expect(error.code).toBe('network.signal')
    expect(error.message).toContain('signal 2 has no [Phases]')
  })
})

describe('a corridor that the user names', () => {
  test('must be of the file', async () => {
    const error = await refusal(text(testNetwork()), { corridor: ['1', '5'] })
    expect(error.code).toBe('input.reference')
    expect(error.message).toContain('"5"')
  })

  test('must connect', async () => {
    // Each signal's road to the other one ends at a boundary of its own instead.
    const apart = testNetwork().map((line) => {
      const [name, id, ...cells] = line.split(',')
      if (!/^(Up Node|Dest Node|Up ID)$/.test(name ?? '')) return line
      const [other, instead] = id === '1' ? ['2', '202'] : ['1', '101']
      return [name, id, ...cells.map((cell) => (cell === other ? instead : cell))].join(',')
    })
    apart.splice(lineOf(apart, '12,1'), 0, '202,1,600,0,0,', '101,1,700,0,0,')
    const error = await refusal(text(apart), { corridor: ['1', '2'] })
    expect(error.code).toBe('corridor.disconnected')
  })
})

describe('counts', () => {
  const withCounts = async (lines: string[] | string, options: UtdfImportOptions = {}): Promise<GreenwaveError> => {
    const counts = join(folder, 'counts.csv')
    writeFileSync(counts, typeof lines === 'string' ? lines : text(lines))
    return refusal(text(testNetwork()), { ...options, counts })
  }
  const changedCounts = (at: number, row: string): string[] => testCounts().map((line, i) => (i === at ? row : line))

  test.each([
    ['a count that is no number', '1) Main St & West,West,17:00,Eastbound,L,NaN', 'input.value', '"NaN"'],
    ['a negative count', '1) Main St & West,West,17:00,Eastbound,L,-4', 'input.value', '"-4"'],
    ['a missing count', '1) Main St & West,West,17:00,Eastbound,L,', 'input.value', '""'],
    ['an unknown approach', '1) Main St & West,West,17:00,Upward,L,4', 'input.value', '"Upward"'],
    ['an unknown movement', '1) Main St & West,West,17:00,Eastbound,Q,4', 'input.value', '"Q"'],
    ['a time that is none', '1) Main St & West,West,25:99,Eastbound,L,4', 'input.value', '"25:99"'],
    ['a short row', '1) Main St & West,West,17:00', 'input.syntax', 'fewer than the 6 fields'],
    ['a row given twice', testCounts()[6] as string, 'input.duplicate', 'given twice'],
  ])('%s names the line', async (_, row, code, part) => {
    const error = await withCounts(changedCounts(8, row))
    expect(error.code).toBe(code)
    expect(error.message).toContain(part)
    expect(error.place?.file).toContain('counts.csv')
    expect(error.place?.line).toBe(9)
  })

  test('a wrong header says what is missing', async () => {
    const error = await withCounts(changedCounts(0, 'place,when,approach,movement,count'))
    expect(error.code).toBe('input.format')
    expect(error.message).toContain('lacks site, time')
  })

  test('a cut last line', async () => {
    const lines = testCounts()
    const error = await withCounts([...lines.slice(0, -1), '1) Main St & East,East,17:'].join('\n'))
    expect(error.code).toBe('input.truncated')
    expect(error.place?.line).toBe(lines.length)
  })

  test('counts of an unknown intersection name the site and its first line', async () => {
    const lines = [...testCounts(), ...['L', 'T', 'R'].map((movement) => `3) Elsewhere,Nowhere,17:00,Northbound,${movement},400`)]
    const error = await withCounts(lines)
    expect(error.code).toBe('input.reference')
    expect(error.message).toContain('"Nowhere"')
    expect(error.place?.line).toBe(testCounts().length + 1)
  })

  test('sites that look alike are refused, and a mapping settles them', async () => {
    const alike = testCounts().map((line) => line.replace(/(,East,.*,)(L|T),\d+$/, (_, head: string, movement: string) => `${head}${movement},20`).replace(/(,West,.*,)(L|T),\d+$/, (_, head: string, movement: string) => `${head}${movement},20`))
    const error = await withCounts(alike)
    expect(error.code).toBe('input.reference')
    expect(error.message).toContain('may be intersection')
    const counts = join(folder, 'counts.csv')
    const { notes } = await importUtdf(join(folder, 'network.csv'), { counts, countsMap: { West: '1', East: '2' } })
    expect(notes.some(({ message }) => message.includes('West = 1, East = 2'))).toBe(true)
  })

  test('a mapping to an unknown intersection is refused', async () => {
    expect((await withCounts(testCounts(), { countsMap: { West: '1', East: '9' } })).message).toContain('"9"')
  })
})
