// What is read of an OpenStreetMap file: roads for motor traffic, the nodes on them, and turn restrictions. Degrees of WGS 84.

export type Tags = ReadonlyMap<string, string>

export interface OsmWay {
  id: number
  /** Nodes in the direction of the way. */
  nodes: number[]
  tags: Tags
}

export interface OsmNode {
  id: number
  lon: number
  lat: number
  tags: Tags
}

export interface OsmMember {
  type: 'node' | 'way' | 'relation'
  ref: number
  role: string
}

export interface OsmRelation {
  id: number
  tags: Tags
  members: OsmMember[]
}

/** Takes elements as a reader finds them. What it does not want is skipped as early as possible. */
export interface OsmSink {
  /** Ways and relations, or nodes: one pass over the file each. */
  pass: 'ways' | 'nodes'
  wantsNode(id: number): boolean
  node(node: OsmNode): void
  way(way: OsmWay): void
  relation(relation: OsmRelation): void
}

export interface OsmData {
  file: string
  ways: OsmWay[]
  nodes: Map<number, OsmNode>
  restrictions: OsmRelation[]
}

export const NO_TAGS: Tags = new Map()
