// Reads OpenStreetMap XML (.osm, also gzip) as a stream: one pass for ways and relations, one for the nodes on them.
import { GreenwaveError } from '../../../model/errors.ts'
import { keep, type XmlElement } from '../sumo/xml-element.ts'
import { readXml } from '../sumo/xml-stream.ts'
import { NO_TAGS, type OsmMember, type OsmNode, type OsmRelation, type OsmSink, type OsmWay } from './osm-data.ts'

type Open = { kind: 'node'; element: OsmNode & { tags: Map<string, string> } } | { kind: 'way'; element: OsmWay & { tags: Map<string, string> } } | { kind: 'relation'; element: OsmRelation & { tags: Map<string, string> } }

class OsmXmlReader {
  readonly #sink: OsmSink
  #open: Open | undefined

  constructor(sink: OsmSink) {
    this.#sink = sink
  }

  root(element: XmlElement): void {
    if (element.name === 'osm') return
    const kind = element.name === 'net' ? 'a SUMO network' : element.name === 'osmChange' ? 'a list of changes (osmChange), not a map' : `a file with root <${element.name}>`
    throw new GreenwaveError('input.format', `this is ${kind}; an OpenStreetMap file has root <osm>`, { file: element.file, line: element.line })
  }

  open(element: XmlElement): void {
    switch (element.name) {
      case 'node': return this.#node(element)
      case 'way': return this.#group(element, 'way')
      case 'relation': return this.#group(element, 'relation')
      case 'tag': return this.#tag(element)
      case 'nd':
        if (this.#open?.kind === 'way') this.#open.element.nodes.push(idOf(element, 'ref'))
        return
      case 'member':
        if (this.#open?.kind === 'relation') this.#open.element.members.push(memberOf(element))
        return
    }
  }

  close(name: string): void {
    const open = this.#open
    if (open === undefined || name !== open.kind) return
    this.#open = undefined
    if (open.kind === 'node') this.#sink.node(open.element.tags.size === 0 ? { ...open.element, tags: NO_TAGS } : open.element)
    else if (open.kind === 'way') this.#sink.way(open.element)
    else this.#sink.relation(open.element)
  }

  #node(element: XmlElement): void {
    this.#open = undefined
    if (this.#sink.pass !== 'nodes' || isGone(element)) return
    const id = idOf(element, 'id')
    if (!this.#sink.wantsNode(id)) return
    this.#open = { kind: 'node', element: { id, lon: degrees(element, 'lon', 180), lat: degrees(element, 'lat', 90), tags: new Map() } }
  }

  #group(element: XmlElement, kind: 'way' | 'relation'): void {
    this.#open = undefined
    if (this.#sink.pass !== 'ways' || isGone(element)) return
    const id = idOf(element, 'id')
    this.#open = kind === 'way' ? { kind, element: { id, nodes: [], tags: new Map() } } : { kind, element: { id, members: [], tags: new Map() } }
  }

  #tag(element: XmlElement): void {
    const [key, value] = [element.findText('k'), element.findText('v')]
    if (this.#open !== undefined && key !== undefined && value !== undefined) this.#open.element.tags.set(keep(key), keep(value))
  }
}

/** Deleted in the history of the map, or in an editor. */
const isGone = (element: XmlElement): boolean => element.findText('visible') === 'false' || element.findText('action') === 'delete'

function idOf(element: XmlElement, attribute: string): number {
  const id = element.getNumber(attribute)
  if (!Number.isSafeInteger(id)) throw element.error('input.value', `${attribute} is ${element.findText(attribute)}; it must be a whole number`)
  return id
}

function degrees(element: XmlElement, attribute: string, most: number): number {
  const value = element.getNumber(attribute)
  if (Math.abs(value) > most) throw element.error('input.value', `${attribute} is ${value}; it must lie between -${most} and ${most} degrees`)
  return value
}

function memberOf(element: XmlElement): OsmMember {
  const type = element.findText('type')
  if (type !== 'node' && type !== 'way' && type !== 'relation') throw element.error('input.value', `type is "${type ?? ''}"; it must be node, way or relation`)
  return { type, ref: idOf(element, 'ref'), role: keep(element.findText('role') ?? '') }
}

/** Streams the elements that the sink wants. Throws GreenwaveError (input.*) with file and line. */
export const readOsmXml = (file: string, sink: OsmSink): Promise<void> => readXml(file, new OsmXmlReader(sink))
