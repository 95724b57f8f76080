import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImportNote } from '../../../model/errors.ts'
import type { Connection, Link } from '../../../model/network.ts'
import { listPlanSwitches, runningPatterns } from '../../../model/schedule.ts'
import type { Scenario } from '../../../model/scenario.ts'
import type { RingPattern } from '../../../model/signal.ts'
import { validateTiming } from '../../../model/validate-timing.ts'
import { validateNetwork } from '../../../model/validate.ts'
import { none, runChecked } from '../../../simulation/testing/invariants.ts'
import { driveThrough } from '../../../test/drive-through.ts'
import { importOutcome, importRefusal, type ImportOutcome } from '../../../test/import-outcome.ts'
import { importGmns, type GmnsImportOptions } from './index.ts'
import { testTables, type TestTables } from './test-tables.ts'

let root: string
beforeAll(() => { root = mkdtempSync(join(tmpdir(), 'gmns-')) })
afterAll(() => rmSync(root, { recursive: true, force: true }))

let count = 0
function write(tables: Record<string, readonly string[] | Buffer>): string {
  const folder = join(root, `f${count++}`)
  mkdirSync(folder)
  for (const [name, lines] of Object.entries(tables)) writeFileSync(join(folder, `${name}.csv`), Buffer.isBuffer(lines) ? lines : lines.join('\n'))
  return folder
}

interface Imported { scenario: Scenario; notes: ImportNote[] }
async function load(tables: TestTables = testTables(), options: GmnsImportOptions = {}): Promise<Imported> {
  const imported = await importGmns(write(tables), options)
  validateNetwork(imported.scenario.network)
  validateTiming(imported.scenario.network, imported.scenario.timing)
  return imported
}
const link = ({ scenario }: Imported, id: string): Link => scenario.network.links.find((candidate) => candidate.id === id)!
const paths = ({ scenario }: Imported, movement: string): Connection[] => scenario.network.connections.filter((connection) => connection.movement === movement)
const messages = ({ notes }: Imported): string[] => notes.map(({ kind, message }) => `${kind}: ${message}`)
const patternAt = ({ scenario }: Imported, hour: number, weekday = 1): RingPattern => runningPatterns(scenario.timing, hour * 3600, weekday).get('c2') as RingPattern

describe('GMNS tables become a network', () => {
  test('in a plane of metres, with lengths in miles and speeds in mph', async () => {
    const imported = await load()
    expect(imported.scenario.network.coordinate_reference.projection).toBe('+proj=tmerc +lat_0=40 +lon_0=-105.00175 +k=1 +x_0=0 +y_0=0 +ellps=WGS84')
    expect(link(imported, '12')).toMatchObject({ name: 'Main Street', from: '1', to: '2', speed_mps: expect.closeTo(15.646, 3), priority: 50 })
    // 0.186 miles are 299.3 m; the stop line stands half of First Avenue and 5 m before the middle.
    expect(link(imported, '12').length_m).toBeGreaterThan(285)
    expect(link(imported, '12').length_m).toBeLessThan(295)
    expect(link(imported, '23').shape_m).toHaveLength(3)
  })

  test('with lanes from the kerb, pockets of segments among them, and without lanes for bicycles', async () => {
    const imported = await load()
    expect(link(imported, '12').lanes.map(({ source_id, width_m, length_m }) => [source_id, Math.round(width_m * 100) / 100, Math.round(length_m)])).toEqual([
      ['12_2', 3.66, Math.round(link(imported, '12').length_m)], ['12_1', 3.66, Math.round(link(imported, '12').length_m)], ['12_-1', 3.05, 61],
    ])
    expect(link(imported, '32').lanes.map(({ source_id }) => source_id)).toEqual(['32_2', '32_1', '32_-1'])
  })

  test('with turn lanes also where their places do not reach the stop line, but not those of the first half', async () => {
    const tables = testTables()
    tables.segment![1] = '1,12,1,600,700,,,,3,1,0'
    tables.segment![2] = '2,32,3,100,300,,,,3,1,0'
    tables.movement = tables.movement!.filter((row) => !row.startsWith('5,'))
    const imported = await load(tables)
    expect([link(imported, '12').lanes.length, link(imported, '32').lanes.length]).toEqual([3, 2])
    expect(messages(imported)).toContainEqual('corrected: 1 segment(s) with turn lanes end more than 30 m before the stop line; their lanes are taken to reach it')
  })

  test('with the movements of the file and the lanes that they name', async () => {
    const imported = await load()
    const lanes = (id: string): string[] => paths(imported, id).map(({ from_lane, to_lane }) => `${from_lane}>${to_lane}`)
    expect([lanes('1'), lanes('2'), lanes('3')]).toEqual([['2>0'], ['0>0', '1>1'], ['0>0']])
    expect(imported.scenario.network.movements.find(({ id }) => id === '2')).toMatchObject({ turn: 'through', name: 'EBT', saturation_flow_vph: 3600 })
    expect(paths(imported, '3')[0]?.turn_on_red).toBe(true)
    expect(imported.scenario.network.movements.some(({ from, to }) => from === '43' && to === '37')).toBe(false)
  })

  test('without what no car may use', async () => {
    const imported = await load()
    expect(link(imported, '900')).toBeUndefined()
    expect(messages(imported)).toContainEqual('not-understood: 1 link(s) are for people who walk or cycle, or are no street, and are left out')
    expect(messages(imported)).toContainEqual('not-understood: 1 movement(s) are not for cars or join links that are left out')
  })

  test('with rings, splits, offset and right of way of the timing tables', async () => {
    const imported = await load()
    expect(imported.scenario.network.signals.map(({ id, nodes }) => `${id}: ${nodes.join()}`)).toEqual(['c2: 2', '3: 3'])
    const { barriers, cycle_s, offset_s, offset_reference, coordinated } = patternAt(imported, 8)
    expect({ cycle_s, offset_s, offset_reference, coordinated }).toEqual({ cycle_s: 100, offset_s: 17, offset_reference: 'begin_of_yellow', coordinated: ['2'] })
    expect(barriers.map(({ rings }) => rings.map((ring) => ring.map(({ phase, split_s }) => `${phase} ${split_s}`).join(', ')))).toEqual([['1 20, 2 50', '5 20, 6 50'], ['4 30', '8 30']])
    expect(paths(imported, '8')[0]?.groups).toEqual([{ group: '4', right_of_way: 'permissive' }])
    expect(paths(imported, '1')[0]?.groups).toEqual([{ group: '5', right_of_way: 'protected' }])
    expect(imported.scenario.network.signals[0]?.groups.find(({ id }) => id === '4')).toMatchObject({ min_green_s: 8, yellow_s: 4, red_clearance_s: 1, walk_s: 7, pedestrian_clearance_s: 12 })
  })

  test('with the plan of the morning on working days, and the other else', async () => {
    const imported = await load()
    expect([[3, 1], [8, 1], [10, 1], [8, 6], [8, 7]].map(([hour, weekday]) => patternAt(imported, hour as number, weekday).cycle_s)).toEqual([80, 100, 80, 80, 80])
    expect(listPlanSwitches(imported.scenario.timing, 0, 86_400, 5).map(({ time_s }) => time_s / 3600)).toEqual([6, 9])
  })

  test('where a signal has no timing it is assumed, and runs in every plan', async () => {
    const { scenario, notes } = await load()
    expect(scenario.timing.plans.map(({ patterns }) => patterns.map(({ signal }) => signal))).toEqual([['c2', '3'], ['c2', '3']])
    expect(notes.some(({ message }) => message.startsWith('1 signal(s): no timing is given'))).toBe(true)
  })

  test('that light traffic drives through without breaking a rule of the road', async () => {
    const { scenario } = await load()
    const run = driveThrough(scenario)
    expect(runChecked(run)).toEqual(none)
    const { gridlock, completed, vehicles_demanded } = run.result()
    expect([gridlock, completed]).toEqual([undefined, vehicles_demanded])
  })

  test('with the corridor along its main street', async () => {
    expect((await load()).scenario.scenario.corridors.map(({ name, intersections }) => `${name}: ${[...intersections].sort().join(' ')}`)).toEqual(['Main Street: 3 c2'])
  })
})

describe('tables that leave much open', () => {
  test('nodes and links alone are enough', async () => {
    const { node, link: links } = testTables()
    const imported = await load({ node: node!, link: links! })
    expect(messages(imported)).toEqual(expect.arrayContaining([
      'assumed: long_length is not given; metre is taken', 'assumed: no coordinate system is given; coordinates are taken as degrees of WGS 84',
      'assumed: there is no movement.csv; turns are those that the angles of links allow',
    ]))
    // The drawing shows that lengths are miles.
    expect(messages(imported)).toContainEqual('corrected: link lengths fit the drawing in units of 1609.344 m, not of 1 m; that is taken')
    expect(link(imported, '12').length_m).toBeGreaterThan(285)
  })

  test('metres of UTM keep their place on the globe, unknown systems become a drawing', async () => {
    const tables = testTables()
    tables.config = ['dataset_name,short_length,long_length,speed,crs', 'x,m,km,km/h,EPSG:32633']
    tables.node = ['node_id,x_coord,y_coord,ctrl_type', '1,500000,5300000,', '2,500300,5300000,signal']
    tables.link = ['link_id,from_node_id,to_node_id,directed,length,free_speed,lanes', 'a,1,2,0,0.3,50,1']
    const [utm, other] = [await load({ config: tables.config, node: tables.node, link: tables.link }), await load({ config: [tables.config[0]!, 'x,m,km,km/h,EPSG:31256'], node: tables.node, link: tables.link })]
    expect(utm.scenario.network.coordinate_reference).toEqual({ kind: 'projected', projection: '+proj=utm +zone=33 +ellps=WGS84', net_offset_m: [-500_000, -5_300_000] })
    expect(utm.scenario.network.links.map(({ id, from, to }) => [id, from, to])).toEqual([['a', '1', '2'], ['a-b', '2', '1']])
    expect(other.scenario.network.coordinate_reference).toEqual({ kind: 'local' })
  })

  test('phases without ring and barrier follow each other, and without a cycle it is their sum', async () => {
    const tables = testTables()
    tables.signal_timing_plan = ['timing_plan_id,controller_id,cycle_length', 'am,c2,']
    tables.signal_timing_phase = ['timing_phase_id,timing_plan_id,signal_phase_num,min_green,max_green,clearance,ring,barrier,position', 'am2,am,1,15,40,4,,,', 'am4,am,2,15,30,4,,,']
    tables.signal_phase_mvmt = ['signal_phase_mvmt_id,timing_phase_id,mvmt_id,protection', ...[1, 2, 3, 5, 6, 7].map((id) => `a${id},am2,${id},`), ...[8, 9, 10, 11, 12, 13].map((id) => `b${id},am4,${id},`)]
    const imported = await load(tables)
    expect(patternAt(imported, 8)).toMatchObject({ cycle_s: 78, barriers: [{ rings: [[{ phase: '1', split_s: 44 }]] }, { rings: [[{ phase: '2', split_s: 34 }]] }] })
    // Left turns against the opposing through in the same phase give way.
    expect(paths(imported, '1')[0]?.groups).toEqual([{ group: '1', right_of_way: 'permissive' }])
    expect(paths(imported, '2')[0]?.groups).toEqual([{ group: '1', right_of_way: 'protected' }])
  })

  test('plan ids that several controllers share are not understood', async () => {
    const tables = testTables()
    tables.signal_timing_plan!.push('am,c3,,,90', 'off,c3,,,90')
    const imported = await load(tables)
    expect(messages(imported)).toContainEqual('not-understood: 4 timing plan(s) have an id that several controllers use (GMNS before 0.93); their timing is not taken')
    expect(imported.scenario.timing.plans.map(({ id }) => id)).toEqual(['assumed'])
  })

  test('left-hand traffic is driven on the left', async () => {
    const imported = await load(testTables(), { driving_side: 'left' })
    expect(link(imported, '12').lanes.map(({ source_id }) => source_id)).toEqual(['12_-1', '12_1', '12_2'])
    expect(runChecked(driveThrough(imported.scenario))).toEqual(none)
  })
})

describe('broken tables', () => {
  const change = (table: string, row: number, from: string, to: string): TestTables => {
    const tables = testTables()
    tables[table]![row] = tables[table]![row]!.replace(from, to)
    return tables
  }
  test.each([
    ['node', 1, '-105.0070', 'far', /node\.csv:2, node "1": x_coord is "far"/],
    ['node', 2, '2,Main', '1,Main', /node "1" is there twice/],
    ['node', 1, '-105.0070', '-5.0070', /which is no city in degrees/],
    ['link', 1, ',1,2,', ',1,99,', /link\.csv:2, link "12": to_node_id is "99", which is no node/],
    ['link', 2, '21,', '12,', /link "12" is there twice/],
    ['link', 1, ',35,', ',fast,', /free_speed is "fast"/],
    ['lane', 1, '121,12,1', '121,12,one', /lane_num is "one"/],
    ['movement', 1, '12,-1,,25', '12,-1,,32', /link "12" ends at node "2", link "32" begins at node "3"/],
    ['signal_timing_phase', 1, ',15,3,', ',-15,3,', /max_green is "-15"/],
    ['signal_timing_plan', 1, ',100', ',9999', /cycle_length is "9999"/],
    ['link', 1, 'all', 'all",x,"y', /the row has 1\d fields, the header 14/],
  ] as const)('are refused: %s row %i with %s as %s', async (table, row, from, to, sentence) => {
    expect((await importRefusal(importGmns(write(change(table, row, from, to))))).message).toMatch(sentence)
  })

  test('are refused where node.csv or link.csv is missing', async () => {
    expect((await importRefusal(importGmns(write({ node: testTables().node! })))).message).toMatch(/the folder has no link\.csv/)
  })

  test('with bytes or cells changed give a scenario that validates or a clear refusal', async () => {
    let state = 7
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const cells = ['', 'NaN', '-1', '0', '1e99', 'abc', '"', '2', '5', 'all', 'bike', '9999', '0.5', 'left']
    const seen: Record<ImportOutcome, number> = { scenario: 0, refused: 0 }
    const folder = write(testTables())
    for (let i = 0; i < 200; i++) {
      const tables = testTables()
      const name = Object.keys(tables)[random(Object.keys(tables).length)] as string
      const lines = tables[name] as string[]
      const at = random(lines.length)
      const fields = (lines[at] as string).split(',')
      fields[random(fields.length)] = cells[random(cells.length)] as string
      lines[at] = fields.join(',')
      if (random(4) === 0) lines.splice(random(lines.length), 1)
      const bytes = Buffer.from(lines.join('\n'))
      if (random(4) === 0 && bytes.length > 0) bytes[random(bytes.length)] = random(256)
      writeFileSync(join(folder, `${name}.csv`), bytes)
      seen[await importOutcome(() => importGmns(folder))]++
      writeFileSync(join(folder, `${name}.csv`), testTables()[name]!.join('\n'))
    }
    expect(seen).toSatisfy(({ scenario, refused }: typeof seen) => scenario > 30 && refused > 30)
  }, 60_000)
})
