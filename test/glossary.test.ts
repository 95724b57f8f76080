// One word for one thing: the nouns of the model have a row in the glossary.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

/** Types that are no noun of the field: ids, units, shapes of a file or of a return value, drawing. */
const EXEMPT = new Set([
  'NodeId', 'LinkId', 'MovementId', 'ConnectionId', 'SignalId', 'GroupId', 'Point', 'Arc',
  'Seconds', 'Metres', 'MetresPerSecond', 'VehiclesPerHour', 'Instant',
  'ErrorCode', 'Place', 'MeanCi', 'VehicleColumns', 'ScenarioDocument',
  'DirectionMeasures', 'CrossingMeasures', 'MovementMeasures', 'CorridorLeg', 'CorridorDirection', 'ResolvedCorridor', 'BandLink',
  'JunctionArm', 'JunctionMovement', 'DailyReportInput', 'SetbackArm', 'RowSink',
])

/** Types whose name in code says more than the word does. */
const WORD_OF: Record<string, string> = {
  NetworkNode: 'node', PlannedIntersection: 'intersection', PhaseSplit: 'split', ScheduleEntry: 'schedule',
}

const inWords = (name: string): string => WORD_OF[name] ?? name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()

const rows = readFileSync(join(ROOT, 'docs', 'glossary.md'), 'utf8').split('\n').filter((line) => line.startsWith('| ')).slice(1)
  .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))
const terms = rows.flatMap(([english]) => english!.split(',').map((term) => term.trim()))

const model = join(ROOT, 'model')
const names = readdirSync(model).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .flatMap((file) => [...readFileSync(join(model, file), 'utf8').matchAll(/^export (?:interface|type) (\w+)/gm)].map((match) => match[1] as string))

describe('the glossary', () => {
  it('has every noun of the model', () => {
    expect(names).toContain('Corridor')
    expect(names.filter((name) => !EXEMPT.has(name) && !terms.includes(inWords(name)))).toEqual([])
  })

  it('has no word twice, and each with its Chinese term and its meaning', () => {
    expect(terms.filter((term, i) => terms.indexOf(term) !== i)).toEqual([])
    expect(rows.filter(([, chinese, meaning]) => !/\p{Script=Han}/u.test(chinese ?? '') || (meaning ?? '') === '')).toEqual([])
  })

  it('is asked about types that exist', () => {
    expect([...EXEMPT, ...Object.keys(WORD_OF)].filter((name) => !names.includes(name))).toEqual([])
  })
})
