// SUMO drives one day; every vehicle's place once a second is read from a pipe and kept in a file by the hash of what went in.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Network } from '../../model/network.ts'

/** Columns of one vehicle's seconds. */
export interface Track {
  vehicle: number
  t_s: Float64Array
  x_m: Float32Array
  y_m: Float32Array
  speed_mps: Float32Array
  heading_deg: Float32Array
  /** Index in `network.links`; -1 inside a junction. */
  link: Int16Array
  /** Along the lane. */
  position_m: Float32Array
}

const ROW = 7

export async function driveDay(net: string, routes: string, network: Network, until_s: number, seed: number, cache: string): Promise<Track[]> {
  const key = createHash('sha256').update((await readFile(net, 'utf8')).replace(/<!--[^]*?-->/g, '')).update(await readFile(routes)).update(`${until_s} ${seed} 2`).digest('hex').slice(0, 20)
  const file = join(cache, `${key}.f32`)
  if (!existsSync(file)) {
    await mkdir(cache, { recursive: true })
    const rows = await drive(net, routes, network, until_s, seed)
    await writeFile(`${file}.${process.pid}`, Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength))
    await rename(`${file}.${process.pid}`, file)
  }
  const bytes = await readFile(file)
  return tracksOf(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4))
}

/** Rows: vehicle, second, x, y, speed, heading, link; position is the eighth column. */
async function drive(net: string, routes: string, network: Network, until_s: number, seed: number): Promise<Float32Array> {
  const link = new Map(network.links.map(({ source_id }, l) => [source_id, l]))
  const child = spawn('nice', ['-n', '10', 'sumo', '-n', net, '-r', routes, '-X', 'never', '--no-step-log', 'true', '--no-warnings', 'true', '--seed', String(seed), '-e', String(until_s), '--time-to-teleport', '-1',
    '--fcd-output', 'stdout', '--device.fcd.period', '1'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let rows = new Float32Array(1 << 22)
  let size = 0
  let time = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const at = line.indexOf('<timestep time="')
    if (at >= 0) {
      time = Number.parseFloat(line.slice(at + 16))
      continue
    }
    const found = /id="(\d+)" x="([^"]*)" y="([^"]*)" angle="([^"]*)" type="[^"]*" speed="([^"]*)" pos="([^"]*)" lane="([^"]*)"/.exec(line)
    if (found === null) continue
    if (size + ROW + 1 > rows.length) {
      const wider = new Float32Array(rows.length * 2)
      wider.set(rows)
      rows = wider
    }
    const lane = found[7]!
    const edge = lane.startsWith(':') ? -1 : link.get(lane.slice(0, lane.lastIndexOf('_'))) ?? -1
    rows.set([Number(found[1]), time, Number(found[2]), Number(found[3]), Number(found[5]), Number(found[4]), edge, Number(found[6])], size)
    size += ROW + 1
  }
  const code = await new Promise<number | null>((resolve) => { if (child.exitCode === null) child.on('close', resolve); else resolve(child.exitCode) })
  if (code !== 0) throw new Error(`sumo ended with ${code}`)
  return rows.slice(0, size)
}

function tracksOf(rows: Float32Array): Track[] {
  const width = ROW + 1
  const byVehicle = new Map<number, number[]>()
  for (let i = 0; i < rows.length; i += width) {
    const list = byVehicle.get(rows[i]!)
    if (list === undefined) byVehicle.set(rows[i]!, [i])
    else list.push(i)
  }
  return [...byVehicle].map(([vehicle, at]) => ({
    vehicle, t_s: Float64Array.from(at, (i) => rows[i + 1]!), x_m: Float32Array.from(at, (i) => rows[i + 2]!), y_m: Float32Array.from(at, (i) => rows[i + 3]!), speed_mps: Float32Array.from(at, (i) => rows[i + 4]!),
    heading_deg: Float32Array.from(at, (i) => rows[i + 5]!), link: Int16Array.from(at, (i) => rows[i + 6]!), position_m: Float32Array.from(at, (i) => rows[i + 7]!),
  }))
}
