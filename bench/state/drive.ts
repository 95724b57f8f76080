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

const ROW = 8

export async function driveDay(net: string, routes: string, network: Network, until_s: number, seed: number, cache: string): Promise<Track[]> {
  const key = createHash('sha256').update((await readFile(net, 'utf8')).replace(/<!--[^]*?-->/g, '')).update(await readFile(routes)).update(`${until_s} ${seed} 2`).digest('hex').slice(0, 20)
  return tracksOf(await kept(cache, key, () => drive(net, routes, network, until_s, seed)))
}

/** What was driven before is read again. */
export async function kept(cache: string, key: string, drive: () => Promise<Float32Array>): Promise<Float32Array> {
  const file = join(cache, `${key}.f32`)
  if (!existsSync(file)) {
    await mkdir(cache, { recursive: true })
    const rows = await drive()
    await writeFile(`${file}.${process.pid}`, Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength))
    await rename(`${file}.${process.pid}`, file)
  }
  const bytes = await readFile(file)
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}

/** Grows as rows come: vehicle, second, x, y, speed, heading, link, position. */
export class Rows {
  #rows = new Float32Array(1 << 22)
  #size = 0

  add(...row: [vehicle: number, second: number, x: number, y: number, speed: number, heading: number, link: number, position: number]): void {
    if (this.#size + row.length > this.#rows.length) {
      const wider = new Float32Array(this.#rows.length * 2)
      wider.set(this.#rows)
      this.#rows = wider
    }
    this.#rows.set(row, this.#size)
    this.#size += row.length
  }

  all(): Float32Array {
    return this.#rows.slice(0, this.#size)
  }
}

async function drive(net: string, routes: string, network: Network, until_s: number, seed: number): Promise<Float32Array> {
  const link = new Map(network.links.map(({ source_id }, l) => [source_id, l]))
  const child = spawn('sumo', ['-n', net, '-r', routes, '-X', 'never', '--no-step-log', 'true', '--no-warnings', 'true', '--seed', String(seed), '-e', String(until_s), '--time-to-teleport', '-1',
    '--fcd-output', 'stdout', '--device.fcd.period', '1'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const rows = new Rows()
  let time = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const at = line.indexOf('<timestep time="')
    if (at >= 0) {
      time = Number.parseFloat(line.slice(at + 16))
      continue
    }
    const found = /id="(\d+)" x="([^"]*)" y="([^"]*)" angle="([^"]*)" type="[^"]*" speed="([^"]*)" pos="([^"]*)" lane="([^"]*)"/.exec(line)
    if (found === null) continue
    const lane = found[7]!
    const edge = lane.startsWith(':') ? -1 : link.get(lane.slice(0, lane.lastIndexOf('_'))) ?? -1
    rows.add(Number(found[1]), time, Number(found[2]), Number(found[3]), Number(found[5]), Number(found[4]), edge, Number(found[6]))
  }
  const code = await new Promise<number | null>((resolve) => { if (child.exitCode === null) child.on('close', resolve); else resolve(child.exitCode) })
  if (code !== 0) throw new Error(`sumo ended with ${code}`)
  return rows.all()
}

export function tracksOf(rows: Float32Array): Track[] {
  const byVehicle = new Map<number, number[]>()
  for (let i = 0; i < rows.length; i += ROW) {
    const list = byVehicle.get(rows[i]!)
    if (list === undefined) byVehicle.set(rows[i]!, [i])
    else list.push(i)
  }
  return [...byVehicle].map(([vehicle, at]) => ({
    vehicle, t_s: Float64Array.from(at, (i) => rows[i + 1]!), x_m: Float32Array.from(at, (i) => rows[i + 2]!), y_m: Float32Array.from(at, (i) => rows[i + 3]!), speed_mps: Float32Array.from(at, (i) => rows[i + 4]!),
    heading_deg: Float32Array.from(at, (i) => rows[i + 5]!), link: Int16Array.from(at, (i) => rows[i + 6]!), position_m: Float32Array.from(at, (i) => rows[i + 7]!),
  }))
}
