// Public networks written as GeoJSON: they come back as they were; and drawn anew from their lines, nodes and signals alone,
// they carry light traffic.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkPlan } from '../../../model/check-plan.ts'
import { RoadGraph } from '../../../model/road-graph.ts'
import { none, runChecked } from '../../../simulation/testing/invariants.ts'
import { driveThrough } from '../../../test/drive-through.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { importSumo } from '../sumo/index.ts'
import { exportGeojson, importGeojson } from './index.ts'
import type { TestCollection } from './test-files.ts'

let path: string
beforeAll(() => { path = join(mkdtempSync(join(tmpdir(), 'geojson-samples-')), 'net.geojson') })
afterAll(() => rmSync(join(path, '..'), { recursive: true, force: true }))

describe.skipIf(sharedDataNote !== '')(`a public network${sharedDataNote}`, () => {
  it.each(['cologne3/cologne3', 'bologna-acosta/run'])('as GeoJSON comes back, and drawn anew carries light traffic (%s)', async (name) => {
    const { scenario: { network } } = await importSumo(sharedData(`sumo/${name}.sumocfg`) as string)
    const text = exportGeojson(network, { name: network.name, time_zone: 'UTC', patterns: [] })
    writeFileSync(path, text)
    // As the files have it: JSON knows no negative zero.
    const asFile = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
    const back = asFile((await importGeojson(path)).scenario.network)
    for (const part of ['nodes', 'links', 'movements', 'connections', 'signals'] as const) expect(back[part]).toEqual(asFile(network[part]))

    const { greenwave: _, ...bare } = JSON.parse(text) as TestCollection
    writeFileSync(path, JSON.stringify({ ...bare, features: bare.features.filter(({ properties }) => ['node', 'link', 'signal'].includes(properties.kind as string)) }))
    const { scenario } = await importGeojson(path)
    expect(checkPlan(new RoadGraph(scenario.network), scenario.timing.plans[0]!.patterns)).toEqual([])
    expect(scenario.network.signals.length).toBeGreaterThanOrEqual(network.signals.length)
    const run = driveThrough(scenario, { headway_s: 60 })
    expect(runChecked(run)).toEqual(none)
    const { gridlock, completed, vehicles_demanded } = run.result()
    expect(gridlock).toBeUndefined()
    expect(completed / vehicles_demanded).toBeGreaterThan(0.99)
  }, 120_000)
})
