// Floating cars of SUMO as truth for map matching: where every vehicle was, second by second, and on which link or in which
// junction, by the lane that SUMO says it drove on.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Network } from '../model/network.ts'
import type { Drive } from '../state/matching/testing/drive.ts'
import { inTemporaryFolder } from './sumo.ts'

const run = promisify(execFile)

/** Drives of the vehicles between `begin_s` and `end_s`; those shorter than a minute are left out. `input` are SUMO's own arguments. */
export function sumoDrives(network: Network, input: readonly string[], begin_s: number, end_s: number): Promise<Drive[]> {
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, 'fcd.xml')
    await run('sumo', [
      ...input, '-b', String(begin_s), '-e', String(end_s), '--step-length', '1', '--fcd-output', resolve(file), '--fcd-output.attributes', 'x,y,angle,speed,pos,lane',
      '-X', 'never', '--no-step-log', 'true', '--no-warnings', 'true', '--ignore-route-errors', 'true', '--seed', '5',
    ], { cwd: folder, maxBuffer: 2 ** 26 })
    return drivesOf(network, await readFile(file, 'utf8'))
  })
}

interface Row { time: number; x: number; y: number; angle: number; speed: number; pos: number; edge: string }

function drivesOf(network: Network, text: string): Drive[] {
  const rows = new Map<string, Row[]>()
  let time = 0
  for (const line of text.split('\n')) {
    const step = /<timestep time="([^"]+)"/.exec(line)
    if (step !== null) time = Number(step[1])
    if (!line.includes('<vehicle ')) continue
    const value = (name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(line)?.[1] ?? ''
    const row = { time, x: Number(value('x')), y: Number(value('y')), angle: Number(value('angle')), speed: Number(value('speed')), pos: Number(value('pos')), edge: value('lane').replace(/_\d+$/, '') }
    const list = rows.get(value('id'))
    if (list === undefined) rows.set(value('id'), [row])
    else list.push(row)
  }
  const links = new Map(network.links.map(({ source_id }, l) => [source_id, l]))
  const movements = new Map(network.movements.map(({ from, to }, m) => [`${from}->${to}`, m]))
  return [...rows.values()].map((list, v) => driveOf(list, String(v), network, links, movements)).filter((drive) => drive.x.length >= 60)
}

/** Rows inside a junction before the first link, or after the last, are left out. */
function driveOf(rows: readonly Row[], vehicle: string, network: Network, links: ReadonlyMap<string, number>, movements: ReadonlyMap<string, number>): Drive {
  const known = rows.map(({ edge }) => links.get(edge) ?? -1)
  const [first, last] = [known.findIndex((l) => l >= 0), known.findLastIndex((l) => l >= 0)]
  const drive: Drive = { vehicle, begin_s: rows[Math.max(0, first)]!.time, x: [], y: [], speed: [], heading_deg: [], link: [], movement: [], position_m: [] }
  for (let i = Math.max(0, first), on = -1; i <= last; i++) {
    const row = rows[i]!
    if (known[i]! >= 0) on = known[i]!
    const next = known[i]! >= 0 ? -1 : known.slice(i).find((l) => l >= 0)!
    drive.x.push(row.x)
    drive.y.push(row.y)
    drive.speed.push(row.speed)
    drive.heading_deg.push(row.angle)
    drive.link.push(on)
    drive.movement.push(next < 0 ? -1 : movements.get(`${network.links[on]!.id}->${network.links[next]!.id}`) ?? -1)
    drive.position_m.push(known[i]! >= 0 ? row.pos : network.links[on]!.length_m)
  }
  return drive
}
