// The peer: SUMO's tlsCycleAdaptation.py (Webster's cycle and splits, one cycle for all) and after it tlsCoordinator.py
// (offsets). Known faults are mended in its favour: the two outputs are merged into one program of one name
// (eclipse/sumo #14954), tenths of seconds of yellow, which sumolib 1.15 cannot read, are rounded for it and put back, unequal cycles are made equal (fixed upstream by #12045), an hour of vehicles is given whatever the
// span, each with a route of its own, and vehicles that turn where the net shows no green are left out (#14015).
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runTimed } from '../sumo/run-sumo.ts'
import { HOUR_S } from './cases.ts'

const HOMES = [process.env.SUMO_HOME, '/usr/share/sumo'].filter((home) => home !== undefined)

/** Folder of SUMO's Python tools that holds both, or undefined. */
export const findTools = (): string | undefined => HOMES.map((home) => join(home, 'tools')).find((tools) => existsSync(join(tools, 'tlsCoordinator.py')) && existsSync(join(tools, 'tlsCycleAdaptation.py')))

export interface Program {
  offset_s: number
  phases: { duration_s: number; state: string }[]
}

export interface PeerPlan {
  /** An additional file for SUMO. */
  text: string
  /** Cycles, s, least and greatest; and how many signals it planned. */
  cycles: [number, number]
  planned: number
  /** What had to be mended, or failed. */
  notes: string[]
}

const attribute = (text: string, name: string): string => new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? ''

/** Programs of a network or additional file by traffic light; the last of each. */
export function readPrograms(xml: string): Map<string, Program> {
  return new Map([...xml.matchAll(/<tlLogic ([^>]*[^/])>([\s\S]*?)<\/tlLogic>/g)].map(([, head, body]) => [attribute(head!, 'id'), {
    offset_s: Number(attribute(head!, 'offset')) || 0,
    phases: [...body!.matchAll(/<phase ([^>]*)>/g)].map(([, phase]) => ({ duration_s: Number(attribute(phase!, 'duration')), state: attribute(phase!, 'state') })),
  }]))
}

export const cycleOf = ({ phases }: Program): number => phases.reduce((sum, { duration_s }) => sum + duration_s, 0)

const isGreen = ({ state }: Program['phases'][number]): boolean => /g/i.test(state) && !/y/i.test(state)

/** Durations of phases in whole seconds, at least one. */
const withWholeSeconds = (net: string): string => net.replaceAll(/(<phase [^>]*\bduration=")([\d.]+)"/g, (_, head: string, duration: string) => `${head}${Math.max(1, Math.round(Number(duration)))}"`)

/** The tool sets greens only; all else lasts as it did before it was rounded. */
const withOwnClearances = (program: Program, own: Program | undefined): Program =>
  (own?.phases.length === program.phases.length ? { ...program, phases: program.phases.map((phase, i) => (isGreen(phase) ? phase : own.phases[i]!)) } : program)

/** Gives what lacks to the longest green. */
export function stretched(program: Program, cycle_s: number): Program {
  const lacking = cycle_s - cycleOf(program)
  const longest = program.phases.reduce((best, phase, i) => (isGreen(phase) && (best < 0 || phase.duration_s > program.phases[best]!.duration_s) ? i : best), -1)
  return longest < 0 ? program : { ...program, phases: program.phases.map((phase, i) => (i === longest ? { ...phase, duration_s: phase.duration_s + lacking } : phase)) }
}

export function programsFile(programs: ReadonlyMap<string, Program>, program: string): string {
  const logic = ([id, { offset_s, phases }]: [string, Program]): string => `<tlLogic id="${id}" type="static" programID="${program}" offset="${offset_s}">\n${phases.map(({ duration_s, state }) => `<phase duration="${duration_s}" state="${state}"/>\n`).join('')}</tlLogic>\n`
  return `<additional>\n${[...programs].map(logic).join('')}</additional>\n`
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
}

/** In: the net whose programs run now, and the text of a route file. Throws with the tool's own words when it fails. */
export async function planWithTools(tools: string, net: string, routes: string, { from_s, until_s, min_green_s }: ToolSettings, folder: string): Promise<PeerPlan> {
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
  const adapted = new Map([...readPrograms(await readFile(join(folder, 'cycles.add.xml'), 'utf8'))].map(([id, program]) => [id, withOwnClearances(program, now.get(id))]))
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
  return { text: programsFile(planned, 'peer'), cycles: [Math.min(...all), Math.max(...all)], planned: planned.size, notes }
}
