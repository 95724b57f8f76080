// The peer: SUMO's tlsCycleAdaptation.py (Webster's cycle and splits, one cycle for all) and after it tlsCoordinator.py
// (offsets). Known faults are mended in its favour: the two outputs are merged into one program of one name
// (eclipse/sumo #14954), tenths of seconds of yellow, which sumolib 1.15 cannot read, are rounded for it and put back, unequal cycles are made equal (fixed upstream by #12045), an hour of vehicles is given whatever the
// span, each with a route of its own, and vehicles that turn where the net shows no green are left out (#14015).
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runTimed } from '../sumo/run-sumo.ts'
import { HOUR_S } from './cases.ts'
import { countBroken, keepMinimums, type Minimum } from './minimums.ts'
import { attribute, cycleOf, programsFile, readPrograms, stretched, withOwnClearances, withWholeSeconds } from './programs.ts'

const HOMES = [process.env.SUMO_HOME, '/usr/share/sumo'].filter((home) => home !== undefined)

/** Folder of SUMO's Python tools that holds both, or undefined. */
export const findTools = (): string | undefined => HOMES.map((home) => join(home, 'tools')).find((tools) => existsSync(join(tools, 'tlsCoordinator.py')) && existsSync(join(tools, 'tlsCycleAdaptation.py')))

export interface PeerPlan {
  /** An additional file for SUMO. */
  text: string
  /** Cycles, s, least and greatest; and how many signals it planned. */
  cycles: [number, number]
  planned: number
  /** Groups at its signals whose green it makes shorter than the scenario's minimum, before anything was mended. */
  broken: number
  /** What had to be mended, or failed. */
  notes: string[]
}

/** Lights and link indices of connections, by "from to". */
function readConnections(net: string): Map<string, { light: string; index: number }[]> {
  const controlled = new Map<string, { light: string; index: number }[]>()
  for (const [text] of net.matchAll(/<connection [^>]*\btl="[^>]*>/g)) {
    const key = `${attribute(text, 'from')} ${attribute(text, 'to')}`
    controlled.set(key, [...(controlled.get(key) ?? []), { light: attribute(text, 'tl'), index: Number(attribute(text, 'linkIndex')) }])
  }
  return controlled
}

/** Routes of vehicles, each in an element of its own, for an hour: a shorter span is told again until the hour is full. */
function peerRoutes(routes: string, span_s: number, from_s: number, keep: (edges: readonly string[]) => boolean): { text: string; left_out: number } {
  const vehicles = [...routes.matchAll(/<vehicle ([^>]*)>\s*<route edges="([^"]*)"/g)].map(([, head, edges]) => ({ depart: Number(attribute(head!, 'depart')), type: attribute(head!, 'type'), edges: edges! }))
  const kept = vehicles.filter(({ edges }) => keep(edges.split(' ')))
  const told: typeof kept = []
  for (let shift = 0; shift < HOUR_S; shift += span_s) told.push(...kept.map((vehicle) => ({ ...vehicle, depart: vehicle.depart + shift })).filter(({ depart }) => depart < from_s + HOUR_S))
  const lines = told.map(({ depart, type, edges }, i) => `<vehicle id="${i}" type="${type}" depart="${depart}"><route id="r${i}" edges="${edges}"/></vehicle>`)
  return { text: `<routes>\n${lines.join('\n')}\n</routes>\n`, left_out: vehicles.length - kept.length }
}

export interface ToolSettings {
  from_s: number
  until_s: number
  /** tlsCycleAdaptation's least green of every phase, whole seconds. */
  min_green_s: number
  /** What groups are owed, by traffic light. */
  minimums: ReadonlyMap<string, readonly Minimum[]>
  /** Whether its greens are lengthened to what they are owed before the coordinator sees them. */
  keep_minimums: boolean
}

/** In: the net whose programs run now, and the text of a route file. Throws with the tool's own words when it fails. */
export async function planWithTools(tools: string, net: string, routes: string, { from_s, until_s, min_green_s, minimums, keep_minimums }: ToolSettings, folder: string): Promise<PeerPlan> {
  const notes: string[] = []
  const text = await readFile(net, 'utf8')
  const now = readPrograms(text)
  const controlled = readConnections(text)
  const everGreen = (from: string, to: string): boolean => (controlled.get(`${from} ${to}`) ?? []).every(({ light, index }) => now.get(light)?.phases.some(({ state }) => /g/i.test(state[index] ?? '')) === true)
  const { text: vehicles, left_out } = peerRoutes(routes, until_s - from_s, from_s, (edges) => edges.slice(1).every((to, i) => everGreen(edges[i]!, to)))
  if (left_out > 0) notes.push(`the peer was not told of ${left_out} vehicles that turn where the running program shows no green`)
  await writeFile(join(folder, 'peer.rou.xml'), vehicles)
  await writeFile(join(folder, 'whole.net.xml'), withWholeSeconds(text))
  await runTimed('python3', [join(tools, 'tlsCycleAdaptation.py'), '-n', 'whole.net.xml', '-r', 'peer.rou.xml', '-b', String(Math.floor(from_s)), '-g', String(min_green_s), '-u', '-o', 'cycles.add.xml'], folder)
  const told = new Map([...readPrograms(await readFile(join(folder, 'cycles.add.xml'), 'utf8'))].map(([id, program]) => [id, withOwnClearances(program, now.get(id))]))
  const broken = [...told].reduce((sum, [id, program]) => sum + countBroken(program, minimums.get(id) ?? []), 0)
  const adapted = new Map([...told].map(([id, program]) => [id, keep_minimums ? keepMinimums(program, minimums.get(id) ?? []) : program]))
  const cycles = [...adapted.values()].map((program) => Math.round(10 * cycleOf(program)) / 10)
  const longest = Math.ceil(Math.max(...cycles))
  const uneven = cycles.filter((cycle) => cycle !== longest).length
  if (uneven > 0) notes.push(`tlsCycleAdaptation -u left cycles of ${Math.min(...cycles)} to ${longest} s; all were lengthened to ${longest} s`)
  const even = new Map([...adapted].map(([id, program]) => [id, stretched(program, longest)]))
  // The coordinator wants exactly one program a signal, so it is given a net that holds the new ones.
  const started = text.replaceAll(/[ \t]*<tlLogic id="([^"]*)"[\s\S]*?<\/tlLogic>\s*?\n/g, (old: string, id: string) => (even.has(id) ? programsFile(new Map([[id, even.get(id)!]]), 'a').replaceAll(/<\/?additional>\n/g, '') : old))
  await writeFile(join(folder, 'even.net.xml'), withWholeSeconds(started))
  await runTimed('python3', [join(tools, 'tlsCoordinator.py'), '-n', 'even.net.xml', '-r', 'peer.rou.xml', '-o', 'offsets.add.xml'], folder)
  const offsets = new Map([...(await readFile(join(folder, 'offsets.add.xml'), 'utf8')).matchAll(/<tlLogic ([^>]*)\/>/g)].map(([, head]) => [attribute(head!, 'id'), Number(attribute(head!, 'offset'))]))
  const planned = new Map(even)
  for (const [id, offset_s] of offsets) {
    const program = even.get(id) ?? now.get(id)
    if (program !== undefined) planned.set(id, { ...program, offset_s })
  }
  const all = [...planned.values()].map((program) => Math.round(10 * cycleOf(program)) / 10)
  return { text: programsFile(planned, 'peer'), cycles: [Math.min(...all), Math.max(...all)], planned: planned.size, broken, notes }
}
