// Which links and movements a provider's segments and turns are: a small JSON file kept with the scenario, with a version, and how much of the
// network it reaches.
import { readFile } from 'node:fs/promises'
import { GreenwaveError } from '../../../model/errors.ts'
import type { LinkId, Network } from '../../../model/network.ts'
import type { Metres } from '../../../model/units.ts'
import { isObject, nameOf } from '../ndjson.ts'

/** The file: `{ "version": "3", "segments": { "448838574": ["link a", "link b"] }, "turns": { "J1 17 23": ["link a", "link c"] } }`. */
export interface ProviderMapping {
  version: string
  /** Links in the order of driving, by the provider's segment. */
  segments: Map<string, LinkId[]>
  /** From and to link, by `junction from to` of the provider, joined by blanks. */
  turns: Map<string, { from: LinkId; to: LinkId }>
  /** Entries that name something which is not in the network, a sentence each. */
  faults: string[]
  /** Share of the network's length that the segments reach. */
  length_share: number
  /** Share of the network's movements that the turns reach. */
  movement_share: number
}

/** Lengths of the mapped segments: travel times become speeds by them, and speeds travel times. */
export function segmentLengths({ segments }: ProviderMapping, network: Network): Map<string, Metres> {
  const lengths = new Map(network.links.map(({ id, length_m }) => [id, length_m]))
  return new Map([...segments].map(([segment, links]) => [segment, links.reduce((sum, id) => sum + (lengths.get(id) ?? 0), 0)]))
}

/** Reads a mapping; links may be named by their id or by the name of their source. Throws input.unreadable, input.syntax and input.format. */
export async function readMapping(file: string, network: Network): Promise<ProviderMapping> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new GreenwaveError('input.unreadable', `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { file }, cause)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new GreenwaveError('input.syntax', `it is not JSON (${(cause as Error).message})`, { file }, cause)
  }
  if (!isObject(value) || nameOf(value.version) === undefined || (!isObject(value.segments) && !isObject(value.turns))) {
    throw new GreenwaveError('input.format', 'a mapping needs a version, and segments or turns', { file })
  }
  return mapOnto(network, nameOf(value.version)!, isObject(value.segments) ? value.segments : {}, isObject(value.turns) ? value.turns : {})
}

function mapOnto(network: Network, version: string, segments: Readonly<Record<string, unknown>>, turns: Readonly<Record<string, unknown>>): ProviderMapping {
  const byName = new Map<string, LinkId>()
  for (const { id, source_id } of network.links) byName.set(source_id, id)
  for (const { id } of network.links) byName.set(id, id)
  const faults: string[] = []
  const linksOf = (what: string, names: unknown): LinkId[] | undefined => {
    const list = Array.isArray(names) ? names : [names]
    const unknown = list.find((name) => !byName.has(String(name)))
    if (list.length > 0 && unknown === undefined) return list.map((name) => byName.get(String(name))!)
    faults.push(list.length === 0 ? `${what} is mapped to nothing` : `${what} is mapped to ${JSON.stringify(unknown)}, which is no link of the network`)
    return undefined
  }
  const mapping: ProviderMapping = { version, segments: new Map(), turns: new Map(), faults, length_share: 0, movement_share: 0 }
  for (const [segment, names] of Object.entries(segments)) {
    const links = linksOf(`segment ${segment}`, names)
    if (links !== undefined) mapping.segments.set(segment, links)
  }
  const movements = new Map(network.movements.map((movement) => [`${movement.from}\n${movement.to}`, movement]))
  for (const [turn, names] of Object.entries(turns)) {
    const [from, to, ...more] = linksOf(`turn ${turn}`, names) ?? []
    if (from === undefined) continue
    if (to === undefined || more.length > 0 || !movements.has(`${from}\n${to}`)) faults.push(`turn ${turn} is mapped to ${JSON.stringify(names)}, which is no movement of the network`)
    else mapping.turns.set(turn, { from, to })
  }
  mapping.length_share = lengthShare(network, mapping)
  mapping.movement_share = movementShare(network, mapping)
  return mapping
}

function lengthShare({ links }: Network, { segments }: ProviderMapping): number {
  const reached = new Set([...segments.values()].flat())
  const [all, some] = links.reduce(([a, b], { id, length_m }) => [a + length_m, b + (reached.has(id) ? length_m : 0)], [0, 0])
  return all! > 0 ? some! / all! : 0
}

function movementShare({ movements }: Network, { turns }: ProviderMapping): number {
  const reached = new Set([...turns.values()].map(({ from, to }) => `${from}\n${to}`))
  return movements.length === 0 ? 0 : movements.filter(({ from, to }) => reached.has(`${from}\n${to}`)).length / movements.length
}
