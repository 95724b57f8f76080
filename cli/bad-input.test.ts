// Bad input at the door: one sentence with the file, the line or element, and the value; exit code 3; nothing written.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { exportUtdf } from '../adapters/formats/utdf/index.ts'
import { runCommand } from '../test/run-command.ts'

const root = join(import.meta.dirname, '..')
const net = readFileSync(join(root, 'adapters', 'formats', 'sumo', 'fixtures', 'street.net.xml'), 'utf8')
let folder: string
let utdf: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-bad-'))
  const { scenario } = await readScenario(join(root, 'scenarios', 'textbook-arterial'))
  utdf = exportUtdf(scenario, scenario.timing.plans[0]!)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Imports a text and expects a refusal. */
async function refusal(name: string, text: string, ...more: string[]): Promise<string> {
  const path = join(folder, name)
  writeFileSync(path, text)
  const out = join(folder, 'scenario')
  const result = await runCommand('import', path, '--out', out, ...more)
  expect(result.err).not.toContain('this is a defect')
  expect(result.code).toBe(3)
  expect(result.out).toBe('')
  expect(existsSync(out)).toBe(false)
  expect(result.err.trimEnd().split('\n')).toHaveLength(2)
  return result.err
}

/** One line of a record of one intersection replaced. */
const record = (text: string, start: string, change: (line: string) => string | undefined): string =>
  text.split('\n').flatMap((line) => (line.startsWith(start) ? (change(line) ?? []) : [line])).join('\n')

describe('bad UTDF', () => {
  it('imports as it is before anything is broken', async () => {
    writeFileSync(join(folder, 'good.csv'), utdf)
    const { code, err } = await runCommand('import', join(folder, 'good.csv'), '--out', join(folder, 'good'))
    expect(err).not.toContain('greenwave:')
    expect(code).toBe(0)
  })

  it.each<[string, (text: string) => string, RegExp]>([
    ['an empty file', () => '', /the file is empty \(0 bytes\)/],
    ['a file cut in the middle', (text) => text.slice(0, Math.floor(text.length * 0.93)), /bad\.csv/],
    ['a negative distance', (text) => record(text, 'Distance,2,', (line) => line.replace(/(\d+(?:\.\d+)?)/g, (n, _g, at: number) => (at > 11 ? `-${n}` : n))), /bad\.csv:\d+.*-\d/],
    ['a length that is no number', (text) => record(text, 'Distance,2,', (line) => line.replace(/,(\d+(?:\.\d+)?)(?=,|$)/g, (all: string, _n, at: number) => (at > 10 ? ',NaN' : all))), /bad\.csv:\d+.*NaN/],
    ['a signal without phases', (text) => text.split('\n').filter((line, i, all) => !(i > all.findIndex((l) => l.startsWith('[Phases]')) && /^\w+,3,/.test(line))).join('\n'), /3/],
    ['a cycle shorter than its minimums', (text) => record(text, 'Cycle Length,2,', () => 'Cycle Length,2,15'), /15.*shorter than.*minimum|minimum/i],
    ['a node that is there twice', (text) => text.replace(/^(2,0,.*)$/m, '$1\n$1'), /bad\.csv:\d+.*twice|duplicate/],
  ])('refuses %s', async (_, broken, sentence) => {
    expect(await refusal('bad.csv', broken(utdf))).toMatch(sentence)
  })

  it('refuses a file of another format', async () => {
    expect(await refusal('net.csv', net)).toMatch(/net\.csv/)
  })

  it('refuses counts for an intersection that is not there', async () => {
    const counts = join(folder, 'counts.csv')
    writeFileSync(counts, 'intersection,site,time,approach,movement,count\nElsewhere,Elsewhere,08:00,Eastbound,T,100\n')
    expect(await refusal('street.csv', utdf, '--counts', counts)).toMatch(/counts\.csv.*Elsewhere/)
  })

  it('refuses a corridor whose links do not connect, naming the pair', async () => {
    expect(await refusal('street.csv', utdf, '--corridor', '1,3')).toMatch(/signal 1 to signal 3|1.*3/)
  })
})

describe('a bad SUMO network', () => {
  it.each<[string, (text: string) => string, RegExp]>([
    ['an empty file', () => '', /the file is empty \(0 bytes\)/],
    ['XML that ends too soon', (text) => text.slice(0, Math.floor(text.length * 0.6)), /bad\.net\.xml:\d+/],
    ['a negative lane length', (text) => text.replace(/(<lane id="[^:][^>]*length=")[^"]*/, '$1-12.5'), /bad\.net\.xml:\d+.*-12\.5/],
    ['a lane length that is no number', (text) => text.replace(/(<lane id="[^:][^>]*length=")[^"]*/, '$1NaN'), /bad\.net\.xml:\d+.*NaN/],
    ['a traffic light without phases', (text) => text.replaceAll(/^\s*<phase [^>]*\/>\n/gm, ''), /bad\.net\.xml:\d+.*phase/],
    ['a phase for links that do not exist', (text) => text.replaceAll(/(<phase [^>]*state="[^"]*)"/g, '$1G"'), /bad\.net\.xml:\d+/],
    ['an edge that is there twice', (text) => text.replace(/( *<edge id="[^:"]+"[\s\S]*?<\/edge>\n)/, '$1$1'), /bad\.net\.xml:\d+.*twice/],
    ['a file of another format', () => '{"format": "greenwave.network/1"}', /bad\.net\.xml/],
  ])('refuses %s', async (_, broken, sentence) => {
    expect(await refusal('bad.net.xml', broken(net))).toMatch(sentence)
  })
})
