import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importOutcome, type ImportOutcome } from '../../../test/import-outcome.ts'
import { runsOf } from '../../../test/runs.ts'
import { importUtdf } from './import.ts'
import { testCounts, testNetwork } from './test-network.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'utdf-fuzz-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Mulberry32: small seeded generator, enough to choose what to break. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const TOKENS = ['NaN', '-1', '0', '', '1e99', '-0.5', '9999', '*', '"', ',', ',,,', '\n', '[Lanes]', '[Phases]', 'abc', '206', '\u0000', '1', '16', '111', 'Infinity', '0x10']

/** Breaks a text in one to four places: bytes, cells, lines, or its end. */
function mutate(text: string, random: (below: number) => number): Buffer {
  let lines = text.split('\n')
  for (let n = 1 + random(4); n > 0; n--) {
    const at = random(lines.length)
    const cells = (lines[at] ?? '').split(',')
    switch (random(6)) {
      case 0: lines.splice(at, 1); break
      case 1: lines.splice(at, 0, lines[random(lines.length)] ?? ''); break
      case 2: lines = lines.slice(0, Math.max(1, at)); break
      default:
        cells[random(cells.length)] = TOKENS[random(TOKENS.length)] ?? ''
        lines[at] = cells.join(',')
    }
  }
  const bytes = Buffer.from(lines.join('\n'))
  if (random(3) === 0 && bytes.length > 0) bytes[random(bytes.length)] = random(256)
  return random(8) === 0 ? bytes.subarray(0, random(bytes.length + 1)) : bytes
}

function outcome(network: Buffer | string, counts: Buffer | string): Promise<ImportOutcome> {
  const [file, table] = [join(folder, 'network.csv'), join(folder, 'counts.csv')]
  writeFileSync(file, network)
  writeFileSync(table, counts)
  return importOutcome(() => importUtdf(file, { counts: table }))
}

/** How many seeds ended in a scenario and how many in a refusal; it fails on anything else and names the seed. */
async function tally(seeds: number, end: (random: (below: number) => number) => Promise<ImportOutcome>): Promise<Record<ImportOutcome, number>> {
  const seen = { scenario: 0, refused: 0 }
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      seen[await end(generator(seed))]++
    } catch (error) {
      throw new Error(`seed ${seed} escaped: ${String(error)}`, { cause: error })
    }
  }
  return seen
}

const [network, counts] = [testNetwork().join('\n'), testCounts().join('\n')]

test('a broken file gives a scenario that validates or a clear refusal, and nothing else', async () => {
  const seen = await tally(runsOf(600), (random) => outcome(mutate(network, random), counts))
  // Both ends of the road are really travelled.
  expect(seen.scenario).toBeGreaterThan(runsOf(600) / 10)
  expect(seen.refused).toBeGreaterThan(runsOf(600) / 10)
}, 60_000)

test('broken counts give a scenario that validates or a clear refusal, and nothing else', async () => {
  const seen = await tally(runsOf(300), (random) => outcome(network, mutate(counts, random)))
  expect(seen.scenario).toBeGreaterThan(runsOf(300) / 20)
  expect(seen.refused).toBeGreaterThan(runsOf(300) / 20)
}, 60_000)
