import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importOutcome, type ImportOutcome } from '../../../test/import-outcome.ts'
import { runsOf } from '../../../test/runs.ts'
import { importCityflow } from './index.ts'
import { testFlow, testRoadnet } from './test-network.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'cityflow-fuzz-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function outcome(roadnet: string | Uint8Array, flow: string | Uint8Array): Promise<ImportOutcome> {
  const [net, flows] = [join(folder, 'net.json'), join(folder, 'flow.json')]
  writeFileSync(net, roadnet)
  writeFileSync(flows, flow)
  return importOutcome(() => importCityflow(net, { routes: [flows] }))
}

/** Every place of a document that holds a value, as a path. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [...(path.length === 0 ? [] : [path]), ...Object.entries(value).flatMap(([key, member]) => places(member, [...path, key]))]
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0, 1, 2, 0.5, 1e-300, 1e12, '', 'A', 'B', 'W_A', 'B_E', 'turn_left', 'turn_right', 'go_straight', [], {}, [0], [[]], '__proto__'),
  fc.jsonValue({ maxDepth: 2 }),
)
/** Another value, none, or (more plausible) that of another member of the same name. */
const change = fc.record({ at: fc.nat(), like: fc.option(fc.nat(), { freq: 3 }), value: fc.option(odd, { nil: undefined }) })

function withChanges(document: unknown, changes: readonly { at: number; like: number | null; value: unknown }[]): string {
  const copy = structuredClone(document)
  for (const { at, like, value: other } of changes) {
    const all = places(copy)
    const path = all[at % Math.max(1, all.length)]
    if (path === undefined) break
    const read = (keys: readonly (string | number)[]): unknown => keys.reduce<unknown>((object, key) => (object as Record<string, unknown>)[key], copy)
    const parent = read(path.slice(0, -1)) as Record<string, unknown>
    const last = path.at(-1) as string
    const named = all.filter((candidate) => candidate.at(-1) === last)
    const value = like === null ? other : structuredClone(read(named[like % named.length] ?? path))
    if (value === undefined && !Array.isArray(parent)) delete parent[last]
    else parent[last] = value ?? null
  }
  return JSON.stringify(copy)
}

type Seen = Record<ImportOutcome, number>

/** How often the property ended in a scenario and how often in a refusal; it fails on anything else. */
async function tally<T>(inputs: fc.Arbitrary<T>, end: (input: T) => Promise<ImportOutcome>): Promise<Seen> {
  const seen: Seen = { scenario: 0, refused: 0 }
  await fc.assert(fc.asyncProperty(inputs, async (input) => { seen[await end(input)]++ }), { numRuns: runsOf(300), seed: 1 })
  return seen
}

/** Both ends of the road are really travelled. */
const both = ({ scenario, refused }: Seen): boolean => scenario > runsOf(12) && refused > runsOf(12)

test('a road network with other values somewhere gives a scenario that validates or a clear refusal', async () => {
  const changes = fc.array(change, { minLength: 1, maxLength: 3 })
  expect(await tally(changes, (list) => outcome(withChanges(testRoadnet(), list), JSON.stringify(testFlow())))).toSatisfy(both)
}, 60_000)

test('flows with other values somewhere give a scenario that validates or a clear refusal', async () => {
  const changes = fc.array(change, { minLength: 1, maxLength: 2 })
  expect(await tally(changes, (list) => outcome(JSON.stringify(testRoadnet()), withChanges(testFlow(), list)))).toSatisfy(both)
}, 60_000)

test('broken bytes give a scenario that validates or a clear refusal', async () => {
  const damage = fc.record({ inNet: fc.boolean(), at: fc.nat(), byte: fc.nat(255), end: fc.nat() })
  expect(await tally(damage, ({ inNet, at, byte, end }) => {
    const texts = [JSON.stringify(testRoadnet()), JSON.stringify(testFlow())].map((text) => Buffer.from(text)) as [Buffer, Buffer]
    const target = inNet ? texts[0] : texts[1]
    target[at % target.length] = byte
    const cut = end % 3 > 0 ? target : target.subarray(0, end % target.length)
    return outcome(inNet ? cut : texts[0], inNet ? texts[1] : cut)
  })).toSatisfy(both)
}, 60_000)
