import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { osmPbf, osmXml, street } from '../adapters/formats/osm/test-map.ts'
import { runCommand } from '../test/run-command.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-osm-'))
  writeFileSync(join(folder, 'street.osm'), osmXml(street()))
  writeFileSync(join(folder, 'street.osm.pbf'), osmPbf(street()))
  writeFileSync(join(folder, 'street.osm.bz2'), Buffer.from('BZh91AY&SY'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('import knows OpenStreetMap files by their names, XML or protocol buffers, and lists what it assumed', async () => {
  for (const name of ['street.osm', 'street.osm.pbf']) {
    const { code, out, err } = await runCommand('import', join(folder, name), '--out', join(folder, `of-${name}`), '--json')
    expect(code).toBe(0)
    const summary = JSON.parse(out)
    expect(summary).toMatchObject({ name: 'street', signals: 3, links: 20, vehicles: 0 })
    expect(summary.notes.map(({ message }: { message: string }) => message)).toContainEqual(expect.stringContaining('the map has no traffic'))
    expect(err).toContain('the map has no traffic')
  }
})

it('import takes the side of the road and the corridor by the name of its street', async () => {
  const out = join(folder, 'left')
  const { code } = await runCommand('import', join(folder, 'street.osm'), '--out', out, '--driving-side', 'left', '--street', 'nanhu avenue', '--quiet')
  expect(code).toBe(0)
  const read = (file: string): Record<string, unknown> => JSON.parse(readFileSync(join(out, file), 'utf8'))
  expect(read('network.json').driving_side).toBe('left')
  expect(read('scenario.json').corridors).toMatchObject([{ name: 'Nanhu Avenue', intersections: ['1', '2', '3'] }])
})

it('import refuses bzip2 with a sentence and writes nothing', async () => {
  const { code, err } = await runCommand('import', join(folder, 'street.osm.bz2'), '--out', join(folder, 'none'))
  expect(code).toBe(3)
  expect(err).toContain('packed with bzip2; unpack it')
  expect(existsSync(join(folder, 'none'))).toBe(false)
})

it('plan says that an imported map has no traffic yet', async () => {
  const { code, err } = await runCommand('plan', join(folder, 'left'), '--out', join(folder, 'plan'))
  expect(code).toBe(3)
  expect(err).toContain('the scenario has no traffic: demand.json holds neither volumes nor vehicles')
})
