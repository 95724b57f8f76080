// GeoJSON and GMNS through the command line: import, corridor by name or ends, export and back.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { degrees, testTown } from '../adapters/formats/geojson/test-files.ts'
import { testTables } from '../adapters/formats/gmns/test-tables.ts'
import { runCommand } from '../test/run-command.ts'

let folder: string
let town: string
let tables: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-geo-'))
  town = join(folder, 'town.geojson')
  writeFileSync(town, JSON.stringify(testTown()))
  tables = join(folder, 'gmns')
  mkdirSync(tables)
  for (const [name, lines] of Object.entries(testTables())) writeFileSync(join(tables, `${name}.csv`), lines.join('\n'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const imported = async (...words: string[]): Promise<{ corridors: { name: string; intersections: string[] }[]; signals: number; notes: { message: string }[] }> => {
  const { code, out, err } = await runCommand('import', ...words, '--out', join(folder, 'out'), '--json', '--quiet')
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out) as Awaited<ReturnType<typeof imported>>
}

describe('greenwave import', () => {
  test('takes GeoJSON and GMNS by their names', async () => {
    expect((await imported(town)).signals).toBe(2)
    expect((await imported(tables)).signals).toBe(2)
  })

  test('takes the corridor of a street, or between two places', async () => {
    expect((await imported(town, '--street', 'main street')).corridors).toEqual([{ id: 'corridor-1', name: 'Main Street', intersections: ['A', 'n2'] }])
    const between = [[410, 5], [5, 5]].map((at) => degrees(at as [number, number]).join(',')).join(';')
    expect((await imported(town, '--between', between)).corridors[0]?.intersections).toEqual(['n2', 'A'])
    expect((await imported(tables, '--between=-105.0035,40.0001;-105.0000,40.0001')).corridors[0]?.intersections).toEqual(['c2', '3'])
  })

  test('says what is doubtful in a network', async () => {
    const doubtful = testTown()
    doubtful.features[2]!.properties.maxspeed = 3
    writeFileSync(join(folder, 'doubtful.geojson'), JSON.stringify(doubtful))
    expect((await imported(join(folder, 'doubtful.geojson'))).notes.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^2 link\(s\) have a speed limit under 5 or over 130 km\/h/))
  })

  test.each([
    [['--street', 'Broadway'], 3, /no link has the name "Broadway"; its streets are/],
    [['--between', 'here;there'], 2, /--between is "here;there"; it must be lon,lat;lon,lat/],
    [['--between', '400000,5300000;1,2'], 2, /400000,5300000 is no longitude and latitude/],
    [['--street', 'Main Street', '--corridor', 'A,n2'], 2, /--corridor and --street both name the corridor/],
    [['--tolerance', '1e3'], 2, /--tolerance is "1e3"/],
  ])('refuses %j', async (words, code, sentence) => {
    const result = await runCommand('import', town, '--out', join(folder, 'none'), '--quiet', ...words)
    expect([result.code, result.out]).toEqual([code, ''])
    expect(result.err).toMatch(sentence)
  })

  test('refuses a file where GMNS needs a folder', async () => {
    expect((await runCommand('import', town, '--format', 'gmns', '--out', join(folder, 'none'), '--quiet')).err).toMatch(/this is not a folder/)
  })
})

describe('greenwave export --format geojson', () => {
  test('writes a file that comes back as the same network', async () => {
    await imported(tables)
    const network = (): Record<string, unknown> => ({ ...JSON.parse(readFileSync(join(folder, 'out', 'network.json'), 'utf8')) as Record<string, unknown>, provenance: '' })
    const [before, file] = [network(), join(folder, 'again.geojson')]
    expect((await runCommand('export', join(folder, 'out'), '--format', 'geojson', '--out', file)).code).toBe(0)
    await imported(file)
    expect(network()).toEqual(before)
  })
})
