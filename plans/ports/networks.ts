// Networks with all that belongs to them: a scenario, versioned; a version never changes.
import type { Scenario } from '../../model/scenario.ts'
import type { Instant } from '../../model/units.ts'

export interface NetworkRecord {
  id: string
  name: string
  /** IANA name. */
  time_zone: string
  /** Of the newest document, from 1. */
  version: number
  /** SHA-256 of that document. */
  hash: string
  updated_at: Instant
}

export interface NetworkStore {
  list(): Promise<NetworkRecord[]>
  get(id: string): Promise<NetworkRecord | undefined>
  /** The document of a version, by default the newest. */
  scenario(id: string, version?: number): Promise<Scenario | undefined>
  /**
   * A new version, whose links and intersections can be found by place; the newest document again stays the version it is, whatever is expected.
   * `expected` is the version that the writer saw, 0 for none: throws `store.conflict` when it is another by now.
   */
  put(id: string, scenario: Scenario, by: string, expected: number): Promise<NetworkRecord>
  /** Ids of the newest version's links that touch the box, degrees WGS-84; none where the network is a local drawing. */
  linksWithin(id: string, box: readonly [west: number, south: number, east: number, north: number]): Promise<string[]>
}
