// What SUMO itself writes: floating car data of a real net in metres and in degrees, packed and plain, read and screened.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { LocalTime, parseDay } from '../../../model/local-time.ts'
import { findProjection } from '../../../model/projection.ts'
import { ProbeScreen } from '../../../state/screen/index.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { hasSumo, inTemporaryFolder, sumoNote } from '../../../test/sumo.ts'
import type { FeedContext } from '../feed.ts'
import { openProbes } from './index.ts'

const run = promisify(execFile)
const net = sharedData('sumo/ingolstadt1/ingolstadt1.net.xml')
const MOST_SECONDS = 200

describe.skipIf(!hasSumo || net === undefined)(`SUMO's own floating car data${sumoNote}${sharedDataNote}`, () => {
  it('is read whole, in degrees as in metres, and nothing of it is screened out', async () => {
    await inTemporaryFolder(async (folder) => {
      const text = await readFile(net!, 'utf8')
      const location = /<location netOffset="([^"]*)" convBoundary="([^"]*)"[^>]* projParameter="([^"]*)"/.exec(text)!
      const [offset, box] = [location[1]!.split(',').map(Number) as [number, number], location[2]!.split(',').map(Number) as [number, number, number, number]]
      const day = parseDay('2026-01-05')!
      const context: FeedContext = {
        source: 'sumo', datum: 'wgs84', projection: findProjection({ kind: 'projected', projection: location[3]!, net_offset_m: offset }), local: new LocalTime('Europe/Berlin'), day, bounds: box,
      }
      const begin = 57_600
      const sumo = (file: string, options: readonly string[]): Promise<unknown> => run('sumo', [
        '--xml-validation', 'never', '-n', net!, '-r', sharedData('sumo/ingolstadt1/ingolstadt1.rou.xml')!, '-b', String(begin), '-e', String(begin + MOST_SECONDS), '--no-step-log', '--no-warnings', '--seed', '1', '--fcd-output', join(folder, file), ...options,
      ])
      await sumo('plain.xml', [])
      await sumo('geo.xml.gz', ['--fcd-output.geo', '--precision.geo', '8'])
      const written = [...(await readFile(join(folder, 'plain.xml'), 'utf8')).matchAll(/<vehicle id="([^"]*)" x="([^"]*)" y="([^"]*)"/g)]
      expect(written.length).toBeGreaterThan(2000)
      const [plain, geo] = [await readWhole(join(folder, 'plain.xml'), context), await readWhole(join(folder, 'geo.xml.gz'), context)]
      expect(plain.map(({ vehicle, x_m, y_m }) => [vehicle, x_m, y_m])).toEqual(written.map(([, id, x, y]) => [id, Number(x), Number(y)]))
      expect(geo.map(({ vehicle, time_s, speed_mps }) => [vehicle, time_s, speed_mps])).toEqual(plain.map(({ vehicle, time_s, speed_mps }) => [vehicle, time_s, speed_mps]))
      expect(Math.max(...geo.map((fix, i) => Math.hypot(fix.x_m - plain[i]!.x_m, fix.y_m - plain[i]!.y_m)))).toBeLessThan(0.03)
      const first = /<timestep time="([^"]*)">\s*<vehicle/.exec(await readFile(join(folder, 'plain.xml'), 'utf8'))![1]
      expect(plain[0]!.time_s).toBe(context.local.instant(day, Number(first)))
    })
  })
})

/** Fixes of a file, none of which the feed or the screen may doubt. */
async function readWhole(file: string, context: FeedContext) {
  const feed = await openProbes(file, context)
  let given = 0
  const screen = new ProbeScreen('sumo', () => { given++ })
  const fixes = []
  for await (const batch of feed.batches()) {
    fixes.push(...batch)
    for (const fix of batch) screen.push(fix)
  }
  screen.end()
  expect([feed.account.health().issues, screen.account.health().issues, given]).toEqual([[], [], fixes.length])
  return fixes
}
