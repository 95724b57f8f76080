import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PLAN, SIGNALS } from '../test/made-up-corridor.ts'
import { csv, csvField } from './csv.ts'
import { PLAN_CSV_COLUMNS, planCsv } from './plan-csv.ts'

// The same cases in every run.
fc.configureGlobal({ seed: 1 })

/** A reader by the letter of RFC 4180, written apart from the writer. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]]
  const fields = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y
  while (fields.lastIndex < text.length) {
    const match = fields.exec(text)
    if (match === null) throw new Error(`no field at ${fields.lastIndex}`)
    const row = rows.at(-1) as string[]
    row.push(match[1] === undefined ? (match[2] as string) : match[1].replaceAll('""', '"'))
    if (match[3] === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

const records = (text: string): Record<string, string>[] => {
  const [head, ...rows] = parse(text.replace(/^\ufeff/, ''))
  return rows.map((row) => Object.fromEntries((head as string[]).map((column, i) => [column, row[i] as string])))
}

describe('the plan as a spreadsheet', () => {
  it('has one row for each phase, stage and green window, all with the columns promised', () => {
    const rows = parse(planCsv(PLAN, SIGNALS, { bom: false }))
    expect(rows[0]).toEqual([...PLAN_CSV_COLUMNS])
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([PLAN_CSV_COLUMNS.length]))
    // Five signals with eight phases, and one with five stages and four groups.
    expect(rows).toHaveLength(1 + 5 * 8 + 5 + 4)
  })

  it('gives greens that are the compiled windows of the plan', () => {
    for (const row of records(planCsv(PLAN, SIGNALS)).filter(({ kind }) => kind === 'phase' || kind === 'group')) {
      const group = PLAN.intersections.find(({ id }) => id === row.intersection)?.signal_groups.find(({ id }) => id === row.id)
      expect(group?.green_windows_s).toEqual([[Number(row.green_start_s), Number(row.green_end_s)]])
      expect(Number(row.green_end_s) - Number(row.green_start_s)).toBeCloseTo(Number(row.green_s), 6)
    }
  })

  it('adds splits of a ring and durations of stages to the cycle', () => {
    const rows = records(planCsv(PLAN, SIGNALS))
    const sums: [number, number][] = []
    for (const { id, cycle_s } of PLAN.intersections) {
      for (const part of ['1', '2', '']) {
        const splits = rows.filter((row) => row.intersection === id && row.ring === part && row.split_s !== '').map((row) => Number(row.split_s))
        if (splits.length > 0) sums.push([splits.reduce((sum, split) => sum + split, 0), cycle_s])
      }
    }
    expect(sums).toHaveLength(5 * 2 + 1)
    for (const [sum, cycle_s] of sums) expect(sum).toBeCloseTo(cycle_s, 6)
  })

  it('begins with a byte order mark so that Excel reads Chinese names, unless told not to', () => {
    expect(planCsv(PLAN, SIGNALS).startsWith('\ufeffplan,corridor')).toBe(true)
    expect(planCsv(PLAN, SIGNALS, { bom: false }).startsWith('plan,corridor')).toBe(true)
    expect(records(planCsv(PLAN, SIGNALS)).some(({ name }) => name === '南湖大道 / Lakeside')).toBe(true)
  })

  it('names a signal that is missing', () => {
    expect(() => planCsv(PLAN, SIGNALS.slice(0, 3))).toThrow('the plan names signal "4"')
  })
})

describe('comma-separated values', () => {
  it('comes back unchanged through quoting, whatever the text', () => {
    const texts = fc.string({ unit: 'binary' }).filter((text) => !/^\s*[=+\-@\t\r＝＋－＠]/.test(text) && !text.includes('\ufeff'))
    fc.assert(fc.property(fc.array(fc.tuple(texts, texts), { minLength: 1 }), (pairs) => {
      expect(parse(csv(['a', 'b'], pairs.map(([a, b]) => ({ a, b })))).slice(1)).toEqual(pairs)
    }))
  })

  it('disarms what a spreadsheet would run, and leaves numbers and ordinary text alone', () => {
    expect(['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\tx', ' =1', '-12#0', '＝1'].map(csvField)).toEqual(["'=1+1", "'+cmd", "'-2+3", "'@SUM(A1)", "'\tx", "' =1", "'-12#0", "'＝1"])
    expect(['-12', '12.5', 'Main & 1st', 'a-b', ''].map(csvField)).toEqual(['-12', '12.5', 'Main & 1st', 'a-b', ''])
    expect(csvField('=HYPERLINK("x","y")')).toBe(`"'=HYPERLINK(""x"",""y"")"`)
  })

  it('writes numbers with a point and without dust, nothing for what is no number', () => {
    expect([0.1 + 0.2, -0, 61_200, NaN, undefined, true, -3.5].map(csvField)).toEqual(['0.3', '0', '61200', '', '', 'yes', '-3.5'])
  })
})
