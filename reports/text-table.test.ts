import { describe, expect, it } from 'vitest'
import { columnsOf } from '../diagram/text-width.ts'
import { DIFFERENCES } from '../test/made-up-corridor.ts'
import { fixed, listed, plain, signed } from './format.ts'
import { measureName } from './measures.ts'
import { beforeAfterTable, textTable } from './text-table.ts'

describe('tables for the terminal', () => {
  it('shows before, after, change, interval and verdict, aligned', () => {
    const lines = beforeAfterTable(DIFFERENCES.slice(0, 2), { width: 100, color: false }).split('\n')
    expect(lines).toEqual([
      'Measure                        Before  After  Change ± 95 %      %  Verdict',
      '─────────────────────────────  ──────  ─────  ─────────────  ─────  ───────',
      'Stops, corridor (per vehicle)    2.70   1.48   −1.22 ± 0.11  −45 %  better',
      'Delay, corridor (s/veh)         122.4   67.3    −55.1 ± 4.9  −45 %  better',
      '',
    ])
  })

  it('colours only when asked, and colour changes no alignment', () => {
    const [plainTable, colouredTable] = [false, true].map((color) => beforeAfterTable(DIFFERENCES, { width: 100, color }))
    expect(plainTable).not.toContain('\u001b')
    expect(colouredTable).toContain('\u001b[32mbetter\u001b[0m')
    expect(colouredTable).toContain('\u001b[31mworse\u001b[0m')
    // oxlint-disable-next-line no-control-regex -- the codes are what is removed
    expect(colouredTable?.replaceAll(/\u001b\[\d+m/g, '')).toBe(plainTable)
  })

  it('aligns Chinese names and shortens the first column when the terminal is narrow', () => {
    const columns = [{ head: 'Intersection', align: 'left' as const }, { head: 's', align: 'right' as const }]
    const lines = textTable(columns, [['南湖大道与车站路交叉口', '34'], ['Mill Street', '7']], { width: 20, color: false }).trimEnd().split('\n')
    expect(lines.map(columnsOf)).toEqual([20, 20, 20, 20])
    expect(lines[2]).toBe('南湖大道与车站…   34')
  })

  it('lets no control character of a name reach the terminal', () => {
    expect(textTable([{ head: 'a', align: 'left' }], [['x\u001b[2Jy\nz']], { width: 40, color: false })).toBe('a\n────────\nx [2Jy z\n')
  })
})

describe('numbers and names of measures', () => {
  it('writes true minus signs and no minus zero', () => {
    expect([fixed(-1.25, 1), fixed(-0.04, 1), signed(0.04, 1), signed(2, 0), signed(-2, 0), fixed(NaN, 1), plain(-3.5), plain(0.30000000000000004)]).toEqual(['−1.3', '0.0', '0.0', '+2', '−2', '–', '−3.5', '0.3'])
  })

  it('names measures of a direction and measures it does not know', () => {
    expect(measureName('corridor.inbound.delay_s')).toMatchObject({ label: 'Delay, inbound', unit: 's/veh' })
    expect(measureName('outbound.share_at_most_one_stop')).toMatchObject({ label: 'At most one stop, outbound', share: true })
    expect(measureName('queue_p95_m')).toEqual({ label: 'Queue p95', unit: 'm', decimals: 1 })
  })

  it('lists words as people do', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c'])
  })
})
