// Reads a .net.xml: edges, lanes, junctions with their right-of-way tables, connections and signal programs, checked
// value by value where the line is known.
import { GreenwaveError } from '../../../model/errors.ts'
import { pathLength } from '../../../model/lines.ts'
import type { Point } from '../../../model/network.ts'
import type { SumoConnection, SumoEdge, SumoJunction, SumoLane, SumoNet } from './net-document.ts'
import type { Notes } from './notes.ts'
import { ProgramReader } from './read-programs.ts'
import { keep, parseNumber } from './xml-element.ts'
import type { XmlElement } from './xml-element.ts'
import { readXml } from './xml-stream.ts'

/** SUMO's own default, m. */
const LANE_WIDTH_M = 3.2
const BITS = /^[01]*$/

class NetReader {
  readonly net: SumoNet
  readonly #programs: ProgramReader
  readonly #lanes = new Set<string>()
  #edge: SumoEdge | undefined
  #junction: SumoJunction | undefined

  constructor(file: string, notes: Notes) {
    this.#programs = new ProgramReader(notes)
    this.net = {
      file, lefthand: false, edges: new Map(), junctions: new Map(), connections: [], programs: this.#programs.programs,
    }
  }

  root(element: XmlElement): void {
    if (element.name !== 'net') {
      const kind = element.name === 'osm' ? 'an OpenStreetMap file' : `a file with root <${element.name}>`
      throw new GreenwaveError('input.format', `this is ${kind}, not a SUMO network (<net>)`, { file: element.file, line: element.line })
    }
    this.net.lefthand = ['true', '1', 'yes', 'on'].includes(element.findText('lefthand') ?? '')
  }

  open(element: XmlElement): void {
    switch (element.name) {
      case 'location': return this.#location(element)
      case 'edge': return this.#openEdge(element)
      case 'lane': return this.#lane(element)
      case 'junction': return this.#openJunction(element)
      case 'request': return this.#request(element)
      case 'connection': return this.#connection(element)
      case 'tlLogic': return this.#programs.openProgram(element)
      case 'phase': return this.#programs.openPhase(element)
      case 'param': this.#programs.openParam(element); return
    }
  }

  close(name: string): void {
    if (name === 'edge') this.#edge = undefined
    else if (name === 'junction') this.#junction = undefined
    else if (name === 'tlLogic') this.#programs.closeProgram()
  }

  #location(element: XmlElement): void {
    const projection = element.findText('projParameter')
    if (projection !== undefined) this.net.projection = keep(projection)
    const offset = (element.findText('netOffset') ?? '').split(',').map((part) => parseNumber(part))
    const [x, y] = offset
    if (x !== undefined && y !== undefined) this.net.netOffset = [x, y]
  }

  #openEdge(element: XmlElement): void {
    const id = element.getText('id')
    if (this.net.edges.has(id)) throw element.error('input.duplicate', `edge "${id}" is there twice`)
    const kind = element.findText('function') ?? 'normal'
    const ordinary = isRoad(kind)
    const priority = element.findNumber('priority')
    const name = element.findText('name')
    this.#edge = {
      id, function: keep(kind), lanes: [], place: element.place(),
      from: ordinary ? element.getText('from') : '',
      to: ordinary ? element.getText('to') : '',
      ...(priority === undefined ? {} : { priority }),
      ...(name === undefined || name === '' ? {} : { name: keep(name) }),
    }
    this.net.edges.set(id, this.#edge)
  }

  #lane(element: XmlElement): void {
    const edge = this.#edge
    if (edge === undefined) return
    const id = element.getText('id')
    if (this.#lanes.has(id)) throw element.error('input.duplicate', `lane "${id}" is there twice`)
    this.#lanes.add(id)
    const index = element.findIndex('index') ?? edge.lanes.length
    // Inside junctions older networks number lanes otherwise; there only the id counts.
    if (index !== edge.lanes.length && isRoad(edge.function)) {
      throw element.error('input.value', `index is ${index}; it must be ${edge.lanes.length}, lanes stand in order from the kerb`)
    }
    const { shape, grade } = readShape(element)
    const [allow, disallow] = [element.listWords('allow'), element.listWords('disallow')]
    const lane: SumoLane = {
      id, index, shape,
      speed: element.getNumber('speed', { above: 0 }),
      length: element.getNumber('length', { above: 0 }),
      width: element.findNumber('width', { above: 0 }) ?? LANE_WIDTH_M,
      ...(grade === undefined ? {} : { grade }),
    }
    if (allow.length > 0 && !allow.includes('all')) lane.allow = allow
    if (disallow.length > 0) lane.disallow = disallow
    edge.lanes.push(lane)
  }

  #openJunction(element: XmlElement): void {
    const id = element.getText('id')
    if (this.net.junctions.has(id)) throw element.error('input.duplicate', `junction "${id}" is there twice`)
    const name = element.findText('name')
    this.#junction = {
      id, type: element.findText('type') ?? 'priority', requests: new Map(), place: element.place(),
      x: element.getNumber('x'), y: element.getNumber('y'),
      incLanes: element.listWords('incLanes'), intLanes: element.listWords('intLanes'),
      ...(name === undefined || name === '' ? {} : { name: keep(name) }),
    }
    this.net.junctions.set(id, this.#junction)
  }

  #request(element: XmlElement): void {
    const junction = this.#junction
    if (junction === undefined) return
    const index = element.getIndex('index')
    if (junction.requests.has(index)) throw element.error('input.duplicate', `request ${index} of junction "${junction.id}" is there twice`)
    const [response, foes] = [element.getText('response'), element.getText('foes')]
    for (const [what, bits] of [['response', response], ['foes', foes]] as const) {
      if (!BITS.test(bits)) throw element.error('input.value', `${what} is "${bits}"; it must hold only 0 and 1`)
    }
    junction.requests.set(index, { response, foes, cont: element.findText('cont') === '1' })
  }

  #connection(element: XmlElement): void {
    const [via, tl, linkIndex] = [element.findText('via'), element.findText('tl'), element.findIndex('linkIndex')]
    const connection: SumoConnection = {
      from: element.getText('from'), to: element.getText('to'),
      fromLane: element.getIndex('fromLane'), toLane: element.getIndex('toLane'),
      dir: element.findText('dir') ?? 's', state: element.findText('state') ?? 'M', place: element.place(),
    }
    if (via !== undefined && via !== '') connection.via = keep(via)
    const visibility = element.findNumber('visibility')
    if (visibility !== undefined && visibility > 0) connection.visibility = visibility
    if (FALSE.has(element.findText('keepClear') ?? '')) connection.keepClear = false
    if (tl !== undefined && tl !== '') {
      if (linkIndex === undefined) throw element.error('input.value', `it names traffic light "${tl}" but no linkIndex`)
      connection.tl = keep(tl)
      connection.linkIndex = linkIndex
    }
    this.net.connections.push(connection)
  }
}

/** As SUMO writes a switch that is off. */
const FALSE = new Set(['0', 'false', 'no', 'off'])

/** Roads that vehicles travel between junctions; the rest lies inside junctions or belongs to pedestrians. */
export const isRoad = (kind: string): boolean => kind === 'normal' || kind === 'connector' || kind === ''

function readShape(element: XmlElement): { shape: Point[]; grade?: number } {
  const text = element.findText('shape')
  if (text === undefined || text.trim() === '') return { shape: [] }
  const heights: number[] = []
  const shape = text.trim().split(/\s+/).map((word): Point => {
    const [x, y, z] = word.split(',').map((part) => parseNumber(part))
    if (x === undefined || y === undefined) throw element.error('input.value', `shape holds "${keep(word)}"; a point must be x,y`)
    if (z !== undefined) heights.push(z)
    return [x, y]
  })
  const run = pathLength(shape)
  if (heights.length !== shape.length || run <= 0) return { shape }
  return { shape, grade: ((heights.at(-1) ?? 0) - (heights[0] ?? 0)) / run }
}

/** Edges name junctions, connections name edges and lanes: all of them must exist. */
function checkReferences(net: SumoNet): void {
  for (const edge of net.edges.values()) {
    if (edge.lanes.length === 0) throw new GreenwaveError('input.value', `edge "${edge.id}" has 0 lanes; it needs at least 1`, edge.place)
    if (!isRoad(edge.function)) continue
    for (const junction of [edge.from, edge.to]) {
      if (!net.junctions.has(junction)) throw new GreenwaveError('input.reference', `edge "${edge.id}" names junction "${junction}", which does not exist`, edge.place)
    }
  }
  for (const connection of net.connections) {
    for (const [id, lane] of [[connection.from, connection.fromLane], [connection.to, connection.toLane]] as const) {
      // (a lane inside a junction is found by its id, not by its place in the edge)
      const edge = net.edges.get(id)
      if (edge === undefined) {
        throw new GreenwaveError('input.reference', `the connection from "${connection.from}" to "${connection.to}" names edge "${id}", which does not exist`, connection.place)
      }
      if (isRoad(edge.function) && lane >= edge.lanes.length) {
        throw new GreenwaveError('input.reference', `the connection from "${connection.from}" to "${connection.to}" names lane ${lane} of edge "${id}", which has ${edge.lanes.length}`, connection.place)
      }
    }
  }
}

/** Reads and checks a network file. Throws GreenwaveError with file, line and value. */
export async function readNet(file: string, notes: Notes): Promise<SumoNet> {
  const reader = new NetReader(file, notes)
  await readXml(file, reader)
  if (![...reader.net.edges.values()].some((edge) => isRoad(edge.function))) {
    throw new GreenwaveError('input.value', 'the network has no edges', { file })
  }
  checkReferences(reader.net)
  return reader.net
}
