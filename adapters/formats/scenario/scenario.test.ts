import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GreenwaveError } from '../../../model/errors.ts'
import { emptyDemand } from '../../../model/demand.ts'
import type { Scenario } from '../../../model/scenario.ts'
import { street } from '../../../test/street.ts'
import { readScenario } from './read.ts'
import { writeScenario, writeWhole } from './write.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'greenwave-scenario-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const scenario = (): Scenario => ({
  scenario: { format: 'greenwave.scenario/1', name: 'street', time_zone: 'UTC', coordinate_reference: { kind: 'local' }, corridors: [{ id: 'c', name: 'c', intersections: ['S1', 'S2'] }], periods: [] },
  network: street(), demand: emptyDemand(),
  timing: { format: 'greenwave.timing/1', plans: [{ id: 'now', patterns: [] }], schedule: [] },
})

async function complaint(): Promise<GreenwaveError> {
  return readScenario(folder).then(() => { throw new Error('nothing was refused') }, (error: unknown) => {
    expect(error).toBeInstanceOf(GreenwaveError)
    return error as GreenwaveError
  })
}

describe('a scenario folder', () => {
  it('is read back as it was written', async () => {
    await writeScenario(folder, scenario())
    const { scenario: read, hashes } = await readScenario(folder)
    expect(read).toEqual(scenario())
    expect(Object.keys(hashes)).toHaveLength(4)
  })

  it('is refused with rules of driving that nobody knows', async () => {
    await writeScenario(folder, scenario())
    writeFileSync(join(folder, 'scenario.json'), JSON.stringify({ ...scenario().scenario, driving: 'fast' }))
    expect((await complaint()).message).toContain('driving is "fast"')
  })

  it('is refused with a model of car following that nobody knows', async () => {
    await writeScenario(folder, scenario())
    writeFileSync(join(folder, 'scenario.json'), JSON.stringify({ ...scenario().scenario, car_following: 'wiedemann' }))
    expect((await complaint()).message).toContain('car_following is "wiedemann"; it must be "idm" or "krauss"')
  })

  it('is refused with a vehicle that enters on no lane', async () => {
    await writeScenario(folder, scenario())
    const vehicles = { depart_s: [], route: [], type: [], departures: [{ speed_mps: 0, lane: -1 }] }
    writeFileSync(join(folder, 'demand.json'), JSON.stringify({ ...emptyDemand(), vehicles }))
    expect((await complaint()).message).toContain('lane is "-1"')
  })

  it.each<[string, string, string, RegExp]>([
    ['an empty file', 'demand.json', '', /demand\.json: the file is empty/],
    ['a file that ends too soon', 'network.json', '{"format": "greenwave.network/1",\n "nodes": [', /network\.json:2: the JSON ends before it is complete/],
    ['a file that is no JSON', 'timing.json', '{\n"format": oops}', /timing\.json:2: this is no JSON at "oops}"/],
    ['a file of another format', 'scenario.json', '{"format": "greenwave.plan/1"}', /format is "greenwave\.plan\/1", expected "greenwave\.scenario\/1"/],
    ['a list that is absent', 'network.json', '{"format": "greenwave.network/1"}', /"nodes" is absent/],
    ['a field of the wrong type', 'network.json', '{"format":"greenwave.network/1","nodes":[{"id":"a"}],"links":[{"id":"l","from":"a","to":"a","length_m":5,"speed_mps":3}],"movements":[],"connections":[],"signals":[]}', /a field is absent or has the wrong type/],
  ])('refuses %s, naming it', async (_, file, content, sentence) => {
    await writeScenario(folder, scenario())
    writeFileSync(join(folder, file), content)
    const error = await complaint()
    expect(error.message).toMatch(sentence)
    expect(error.exitCode).toBe(3)
  })

  it('names a file that is not there', async () => {
    expect((await complaint()).message).toMatch(/scenario\.json: the file does not exist/)
  })

  it('appears whole or not at all', async () => {
    writeFileSync(join(folder, 'occupied'), '')
    const files = new Map([[join(folder, 'a.json'), '1'], [join(folder, 'occupied', 'b.json'), '2']])
    await expect(writeWhole(files)).rejects.toThrow(/cannot be written/)
    expect(readdirSync(folder)).toEqual(['occupied'])
  })
})
