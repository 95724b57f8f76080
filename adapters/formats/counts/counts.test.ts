import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImportNote } from '../../../model/errors.ts'
import { assign } from './assignment.ts'
import { quoteCsv, readCsv, splitCsv } from './csv.ts'
import { matchSites } from './match.ts'
import type { CountedNode } from './match.ts'
import { readCountDays, readCounts } from './read.ts'
import type { CountTable } from './read.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'counts-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(text: string): string {
  const file = join(folder, 'counts.csv')
  writeFileSync(file, text)
  return file
}

describe('CSV', () => {
  test('fields may be quoted, hold commas and doubled quotes', () => {
    expect(splitCsv('a, b ,"c, ""d""",')).toEqual(['a', 'b', 'c, "d"', ''])
    expect(splitCsv('a,"b')).toBeUndefined()
  })

  test('what is quoted reads back', () => {
    fc.assert(fc.property(fc.array(fc.string().map((text) => text.trim()).filter((text) => !/[\n\r]/.test(text)), { minLength: 1 }), (fields) => {
      expect(splitCsv(fields.map(quoteCsv).join(','))?.map((field) => field.trim())).toEqual(fields)
    }))
  })

  test('lines end with or without carriage return, the first may carry a byte order mark, the last may lack its end', async () => {
    const lines = []
    for await (const line of readCsv(write('\uFEFFa,b\r\n1,2\n\n3,4'))) lines.push(line)
    expect(lines).toEqual([
      { line: 1, fields: ['a', 'b'], terminated: true }, { line: 2, fields: ['1', '2'], terminated: true },
      { line: 3, fields: [''], terminated: true }, { line: 4, fields: ['3', '4'], terminated: false },
    ])
  })
})

describe('a table of counts', () => {
  const header = 'site,time,approach,movement,count'
  const read = async (rows: string[]): Promise<{ table: CountTable; notes: ImportNote[] }> => {
    const notes: ImportNote[] = []
    return { table: await readCounts(write(`${[header, ...rows].join('\n')}\n`), notes), notes }
  }

  test('takes long and short names of approaches and movements, and dates before the time', async () => {
    const { table } = await read(['A,2023-07-11T07:00,Northbound,Left,3', 'A,07:30,EB,thru,4', 'A,07:30,SW,U,1'])
    expect([...(table.sites[0]?.counts ?? [])].map(([key, series]) => [key, [...series]])).toEqual([['NBL', [[25200, 3]]], ['EBT', [[27000, 4]]], ['SWU', [[27000, 1]]]])
    expect(table).toMatchObject({ starts_s: [25200, 27000], interval_s: 1800 })
  })

  test('refuses times that no interval length explains', async () => {
    await expect(read(['A,07:00,NB,L,3', 'A,07:15,NB,L,3', 'A,07:40,NB,L,3'])).rejects.toThrow(/intervals of 900 s do not reach 07:40/)
  })

  test('says that one interval alone is taken as a quarter of an hour', async () => {
    const { table, notes } = await read(['A,07:00,NB,L,3'])
    expect(table.interval_s).toBe(900)
    expect(notes).toHaveLength(1)
  })
})

describe('counts of several days', () => {
  const header = 'site,time,approach,movement,count'
  const file = (name: string, rows: string[]): string => {
    const path = join(folder, name)
    writeFileSync(path, `${[header, ...rows].join('\n')}\n`)
    return path
  }

  test('are kept day by day, whatever file they are in, and added up to tell the sites', async () => {
    const files = [file('a.csv', ['A,2026-11-03 07:00,NB,L,3', 'A,2026-11-02 07:00,NB,L,4', 'A,2026-11-02 07:15,NB,L,5']), file('b.csv', ['B,2026-11-02T07:30,EB,T,1'])]
    const { all, days } = await readCountDays(files, [])
    expect(days.map(({ day, sites }) => [day, sites.map(({ site, counts }) => [site, [...counts].map(([key, series]) => [key, [...series]])])])).toEqual([
      ['2026-11-02', [['A', [['NBL', [[25200, 4], [26100, 5]]]]], ['B', [['EBT', [[27000, 1]]]]]]],
      ['2026-11-03', [['A', [['NBL', [[25200, 3]]]]]]],
    ])
    expect(all).toMatchObject({ starts_s: [25200, 26100, 27000], interval_s: 900 })
    expect([...all.sites.find(({ site }) => site === 'A')!.counts.get('NBL')!]).toEqual([[25200, 7], [26100, 5]])
  })

  test('need a date at every time, and each count once', async () => {
    await expect(readCountDays([file('a.csv', ['A,2026-11-02 07:00,NB,L,3', 'A,07:15,NB,L,4'])], [])).rejects.toThrow(/a.csv:3: the time is "07:15"; counts of several days need a date/)
    await expect(readCountDays([file('a.csv', ['A,2026-02-30 07:00,NB,L,3'])], [])).rejects.toThrow(/2026-02-30 07:00/)
    await expect(readCountDays([file('a.csv', ['A,2026-11-02 07:00,NB,L,3']), file('b.csv', ['A,2026-11-02 07:00,NB,L,3'])], [])).rejects.toThrow(/b.csv:2: NBL of "A" at 2026-11-02 07:00 is given twice/)
  })
})

test('the assignment is the cheapest of all permutations', () => {
  const permutations = (n: number): number[][] => (n === 0 ? [[]] : permutations(n - 1).flatMap((rest) => Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)])))
  const matrix = fc.integer({ min: 1, max: 5 }).chain((n) => fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: n, maxLength: n }), { minLength: n, maxLength: n }))
  fc.assert(fc.property(matrix, (cost) => {
    const cheapest = Math.min(...permutations(cost.length).map((columns) => columns.reduce((sum, column, row) => sum + (cost[row]?.[column] ?? 0), 0)))
    const found = assign(cost)
    expect(found?.cost).toBe(cheapest)
    expect([...(found?.columns ?? [])].sort((a, b) => a - b)).toEqual(cost.map((_, i) => i))
  }))
})

describe('which site is which intersection', () => {
  const keys = ['NBL', 'NBT', 'NBR', 'SBL', 'SBT', 'SBR', 'EBL', 'EBT', 'EBR', 'WBL', 'WBT', 'WBR']
  const volumes = fc.array(fc.integer({ min: 0, max: 1200 }), { minLength: 12, maxLength: 12 }).filter((list) => list.some((value) => value > 50))
  const table = (sites: [string, Map<string, number>][]): CountTable => ({
    file: 'counts.csv', starts_s: [0], interval_s: 900,
    sites: sites.map(([site, counts], i) => ({ site, intersection: site, line: i + 2, counts: new Map([...counts].map(([key, count]) => [key, new Map([[0, count]])])) })),
  })

  test('is found under other names and another total, or refused, but never wrong', () => {
    let found = 0
    fc.assert(fc.property(fc.array(volumes, { minLength: 2, maxLength: 5 }), fc.integer({ min: 1, max: 9 }), (lists, scale) => {
      const nodes = lists.map((list, i): CountedNode => ({ id: `${i}`, volumes: new Map(keys.map((key, k) => [key, list[k] ?? 0])) }))
      const sites = nodes.map((node): [string, Map<string, number>] => [`site ${node.id}`, new Map([...node.volumes].map(([key, value]) => [key, value * scale]))]).reverse()
      try {
        const matched = matchSites(table(sites), nodes, [], {}, [])
        for (const node of nodes) expect(matched.get(`site ${node.id}`)).toBe(node.id)
        found++
      } catch (error) {
        expect(error).toMatchObject({ code: 'input.reference' })
      }
    }), { numRuns: 100, seed: 4 })
    expect(found).toBeGreaterThan(50)
  })

  test('twins are told apart by what they send each other', () => {
    const twin = new Map([['EBT', 500], ['WBT', 500], ['NBR', 60], ['SBR', 60]])
    const nodes: CountedNode[] = ['a', 'b', 'c'].map((id) => ({ id, volumes: twin }))
    const roads = [['a', 'b'], ['b', 'c']].map(([from, to]) => ({ from: from as string, to: to as string, entering: ['EBT'], leaving: ['EBT', 'SBR'] }))
    const counts = (through: number): Map<string, number> => new Map([['EBT', through], ['WBT', 500], ['NBR', 60], ['SBR', 60]])
    // Each receives what its neighbour upstream sends, less the 60 that leave.
    const matched = matchSites(table([['last', counts(200)], ['first', counts(800)], ['middle', counts(500)]]), nodes, roads, {}, [])
    expect([...matched]).toEqual([['last', 'c'], ['first', 'a'], ['middle', 'b']])
  })

  test('is settled by names where they agree, and an odd one out is refused', () => {
    const nodes: CountedNode[] = ['1', '2'].map((id) => ({ id, volumes: new Map() }))
    expect([...matchSites(table([['2', new Map()], ['1', new Map()]]), nodes, [], {}, [])]).toEqual([['2', '2'], ['1', '1']])
    expect(() => matchSites(table([['2', new Map()], ['7', new Map()]]), nodes, [], {}, [])).toThrow(/counts.csv:3: counts of site "7"/)
  })
})
