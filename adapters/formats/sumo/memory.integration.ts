// A large route file must not need its own size in memory: peak resident set of a child process that imports it.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { inTemporaryFolder } from '../../../test/sumo.ts'

const run = promisify(execFile)
const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..', '..')
const VEHICLES = 600_000
const MEGABYTE = 2 ** 20

const ROUTES = ['W-A A-M M-B B1-B2 B-E', 'E-B B2-B1 B-M M-A A-W', 'W-A A-M M-B B1-B2 B2-B2n', 'An-A A-M M-B B1-B2 B-E', 'E-B B2-B1 B-M M-A A-As']

async function writeRoutes(file: string): Promise<void> {
  const out = createWriteStream(file)
  out.write('<routes>\n')
  for (let i = 0; i < VEHICLES; i++) {
    const line = `    <vehicle id="a_long_identifier_of_vehicle_${i}" depart="${(i / 100).toFixed(2)}" departLane="best" departSpeed="max">\n        <route edges="${ROUTES[i % ROUTES.length]}"/>\n    </vehicle>\n`
    if (!out.write(line)) await once(out, 'drain')
  }
  out.end('</routes>\n')
  await finished(out)
}

/** Compiles what the import needs and runs it alone, so that the test runner's own memory doesn't count. */
async function peakOf(folder: string, routes: string): Promise<{ vehicles: number; peak: number }> {
  const config = join(folder, 'tsconfig.json')
  await writeFile(config, JSON.stringify({
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { outDir: join(folder, 'out'), rootDir: root, typeRoots: [join(root, 'node_modules', '@types')] },
    include: [], files: [join(here, 'index.ts')],
  }))
  await run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', config])
  await writeFile(join(folder, 'out', 'package.json'), '{"type":"module"}')
  await symlink(join(root, 'node_modules'), join(folder, 'out', 'node_modules'))
  const script = join(folder, 'out', 'measure.js')
  await writeFile(script, `import { importSumo } from './adapters/formats/sumo/index.js'
const { scenario } = await importSumo(process.argv[2], { routes: [process.argv[3]] })
console.log(JSON.stringify({ vehicles: scenario.demand.vehicles.depart_s.length, peak: process.resourceUsage().maxRSS * 1024 }))`)
  const { stdout } = await run(process.execPath, [script, join(here, 'fixtures', 'street.net.xml'), routes])
  return JSON.parse(stdout) as { vehicles: number; peak: number }
}

it('imports a route file of about 100 MB in memory that does not grow with it', () => inTemporaryFolder(async (folder) => {
  const routes = join(folder, 'large.rou.xml')
  await writeRoutes(routes)
  const { size } = await stat(routes)
  expect(size).toBeGreaterThan(90 * MEGABYTE)
  const { vehicles, peak } = await peakOf(folder, routes)
  expect(vehicles).toBe(VEHICLES)
  // 146 MB when this was written; Node alone takes about 50 MB, the columns of 600,000 vehicles 25 MB.
  expect(peak / MEGABYTE).toBeLessThan(300)
}))
