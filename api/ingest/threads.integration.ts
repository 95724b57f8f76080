// Worker threads need compiled code: built here, run there.
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RoadGraph } from '../../model/road-graph.ts'
import { driveTown } from '../../state/matching/testing/drive.ts'
import { makeTown } from '../../state/matching/testing/town.ts'
import { tracesOf } from '../../state/matching/testing/trial.ts'
import { columnsOf, LiveState, matchingHere, type Matching } from '../../plans/live/index.ts'
import { feedOf, streetScenario, SUNDAY_S } from '../../plans/testing/records.ts'
import { groundOf } from './decode.ts'
import { decodingHere, type Decoding } from './decoding.ts'

const town = makeTown({ size: 5, seed: 1 })
const drives = driveTown(town, { seed: 7, vehicles: 40, duration_s: 240 })
const fixes = tracesOf(town, drives, { seed: 3, interval_s: 3, sigma_m: 5, correlation_s: 30 }).flatMap((trace) => trace.fixes).sort((a, b) => a.time_s - b.time_s)
let threads: Matching
let thread: Decoding

beforeAll(async () => {
  const { matchingOnThreads } = await import(pathToFileURL('dist/plans/live/matching-threads.js').href) as typeof import('../../plans/live/matching-threads.ts')
  threads = await matchingOnThreads(town, 3)
  const { decodingOnThread } = await import(pathToFileURL('dist/api/ingest/decoding-thread.js').href) as typeof import('./decoding-thread.ts')
  thread = decodingOnThread()
})
afterAll(() => Promise.all([threads?.close(), thread?.close()]))

describe('matching on threads', () => {
  it('places every fix where one thread does, and sums to the same state', async () => {
    const here = matchingHere(new RoadGraph(town))
    const [one, many] = [new LiveState(town), new LiveState(town)]
    let placed = 0
    // Noise is learned by each thread from its own vehicles, so that a few fixes may differ.
    let differ = 0
    for (let start = 0; start < fixes.length; start += 500) {
      const some = fixes.slice(start, start + 500)
      const [[a], [b]] = await Promise.all([here.match([{ feed: 'taxis', fixes: columnsOf(some) }]), threads.match([{ feed: 'taxis', fixes: columnsOf(some) }])])
      if (a === undefined || b === undefined || 'error' in a || 'error' in b) throw new Error('refused')
      expect(b.accepted).toBe(a.accepted)
      for (let i = 0; i < some.length; i++) {
        if (a.link[i]! >= 0) placed++
        if (a.link[i] !== b.link[i]) differ++
        expect([b.places[4 * i + 2], b.places[4 * i + 3]]).toEqual([a.places[4 * i + 2], a.places[4 * i + 3]])
      }
      one.add(a)
      many.add(b)
    }
    expect(placed).toBeGreaterThan(fixes.length * 0.5)
    expect(differ / fixes.length).toBeLessThan(0.05)
    const now = fixes.at(-1)!.time_s
    expect(many.links(now, { least: 1 }).length).toBeGreaterThan(one.links(now, { least: 1 }).length * 0.9)
  })
})

describe('decoding on a thread', () => {
  const ground = groundOf(streetScenario())
  const now = SUNDAY_S + 600
  const line = (vehicle: string, x: number): string => `${JSON.stringify({ vehicle_id: vehicle, time: SUNDAY_S + 500, x, y: -5, speed: 10 })}\n`
  // Told by its content.
  const taxis = { ...feedOf('taxis', 'street'), format: 'any', settings: { datum: 'scenario' } }

  it('gives what this thread gives: fixes with names in any script, what was left out, and refusals word by word', async () => {
    const bodies = [line('浙F·12345', 500_100) + line('', 500_110) + line('v\u{1f695}', 9e9), `vehicle_id,time,x,y\na,${SUNDAY_S + 500},500100,-5\n`, 'colour,taste\nred,sweet\n', '\0\u0001', '']
    const told = (decoding: Decoding, body: string) => decoding.decode(taxis, ground, Buffer.from(body), now).catch(({ name, code, message, place }: Record<string, unknown>) => ({ name, code, message, place }))
    const here = decodingHere()
    // At once: answers find who asked.
    const answers = await Promise.all(bodies.map((body) => told(thread, body)))
    expect(answers).toEqual(await Promise.all(bodies.map((body) => told(here, body))))
    expect(answers.map((one) => ('code' in one ? one.code : (one as { fixes: { vehicles: string[] } }).fixes.vehicles))).toEqual([['浙F·12345'], ['a'], 'input.format', 'input.format', []])
  })
})
