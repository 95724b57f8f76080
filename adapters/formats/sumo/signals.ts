// All traffic lights of a network: which links each one governs (across joined junctions, by link index), its signal,
// and the groups of every connection.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Network } from '../../../model/network.ts'
import type { StagePattern } from '../../../model/signal.ts'
import type { SumoNet, SumoProgram } from './net-document.ts'
import type { Notes } from './notes.ts'
import type { Paths } from './paths.ts'
import type { RightOfWay } from './right-of-way.ts'
import { deriveSignal } from './signal-from-programs.ts'
import type { SignalInput, TrafficLightLink } from './signal-from-programs.ts'

interface TrafficLight {
  links: Map<number, TrafficLightLink>
  nodes: Set<string>
  place: SignalInputPlace
}

type SignalInputPlace = Paths['paths'][number]['connection']['place']

/**
 * Fills the signals of the network and the groups of its connections. In: all programs in loading order. Out: the
 * patterns of each traffic light by program id, in loading order.
 */
export function deriveSignals(net: SumoNet, paths: Paths, rights: RightOfWay, programs: readonly SumoProgram[], network: Network, notes: Notes): Map<string, Map<string, StagePattern>> {
  const lights = collectLights(net, paths)
  const byLight = collectPrograms(net, programs, lights, notes)
  const patterns = new Map<string, Map<string, StagePattern>>()
  const byId = new Map(network.connections.map((connection) => [connection.id, connection]))
  for (const [id, light] of lights) {
    const own = byLight.get(id)
    if (own === undefined) throw new GreenwaveError('network.signal', `traffic light "${id}" governs connections but has no program (<tlLogic>)`, light.place)
    const input: SignalInput = { id, nodes: [...light.nodes], links: [...light.links.values()].sort((a, b) => a.index - b.index), foes: foesOf(light, rights) }
    const derived = deriveSignal(input, own, notes)
    network.signals.push(derived.signal)
    patterns.set(id, derived.patterns)
    for (const link of light.links.values()) {
      for (const path of link.paths) {
        const connection = byId.get(path)
        if (connection === undefined) continue
        connection.groups = derived.links.get(link.index) ?? []
        if (derived.turnOnRed.has(link.index)) connection.turn_on_red = true
      }
    }
  }
  return patterns
}

function collectLights(net: SumoNet, { paths, crossings }: Paths): Map<string, TrafficLight> {
  const lights = new Map<string, TrafficLight>()
  const light = (id: string, place: SignalInputPlace): TrafficLight => {
    const known = lights.get(id) ?? { links: new Map(), nodes: new Set(), place }
    lights.set(id, known)
    return known
  }
  for (const { id, connection, junction } of paths) {
    if (connection.tl === undefined || connection.linkIndex === undefined) continue
    const own = light(connection.tl, connection.place)
    own.nodes.add(junction)
    const known = own.links.get(connection.linkIndex)
    if (known === undefined) own.links.set(connection.linkIndex, { index: connection.linkIndex, kind: 'vehicle', approach: connection.from, paths: [id] })
    else known.paths.push(id)
  }
  for (const crossing of crossings) {
    const own = light(crossing.tl, crossing.connection.place)
    if (!own.links.has(crossing.linkIndex)) {
      own.links.set(crossing.linkIndex, { index: crossing.linkIndex, kind: 'pedestrian', approach: crossing.lane, paths: [] })
    }
  }
  for (const [id, own] of lights) if (own.nodes.size === 0 && net.junctions.has(id)) own.nodes.add(id)
  return lights
}

function collectPrograms(net: SumoNet, programs: readonly SumoProgram[], lights: ReadonlyMap<string, TrafficLight>, notes: Notes): Map<string, SumoProgram[]> {
  const byLight = new Map<string, SumoProgram[]>()
  const seen = new Set<string>()
  for (const program of programs) {
    const key = JSON.stringify([program.tl, program.id])
    if (seen.has(key)) throw new GreenwaveError('input.duplicate', `program "${program.id}" of traffic light "${program.tl}" is there twice`, program.place)
    seen.add(key)
    if (!lights.has(program.tl)) {
      if (program.place.file === net.file) {
        throw new GreenwaveError('network.signal', `traffic light "${program.tl}" serves no lane: no connection names it`, program.place)
      }
      notes.count('foreign light', 'not-understood', program.place, (n) => `${n} signal program(s) are for traffic lights that the network doesn't have`)
      continue
    }
    const own = byLight.get(program.tl)
    if (own === undefined) byLight.set(program.tl, [program])
    else own.push(program)
  }
  return byLight
}

/** Whether anything on two link indices meets on the road. */
function foesOf(light: TrafficLight, rights: RightOfWay): SignalInput['foes'] {
  return (a, b) => {
    const [own, other] = [light.links.get(a), light.links.get(b)]
    if (own === undefined || other === undefined) return false
    if (own.kind === 'pedestrian') return other.paths.some((path) => rights.crossingFoes.get(own.approach)?.has(path) === true)
    if (other.kind === 'pedestrian') return own.paths.some((path) => rights.crossingFoes.get(other.approach)?.has(path) === true)
    return own.paths.some((path) => other.paths.some((foe) => rights.conflicts.get(path)?.has(foe) === true))
  }
}
