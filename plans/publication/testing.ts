// A street of four links for the tests of what is published.
import type { Network } from '../../model/network.ts'
import type { LinkMinute } from '../ports/states.ts'
import type { SnapshotInput } from './snapshot.ts'

export const NOON = Date.parse('2026-03-02T04:00:00Z') / 1000
export const FREE_MPS = 15

/** Links a, b, c, d of 300 m from west to east, at lon 120.7. */
export const street: Network = {
  format: 'greenwave.network/1', name: 'street', driving_side: 'right', coordinate_reference: { kind: 'wgs84' }, movements: [], connections: [], signals: [],
  nodes: [0, 1, 2, 3, 4].map((i) => ({ id: `n${i}`, source_id: `n${i}`, kind: 'priority', x_m: 300 * i, y_m: 0 })),
  links: ['a', 'b', 'c', 'd'].map((id, i) => ({ id, source_id: id, from: `n${i}`, to: `n${i + 1}`, name: `part ${id}`, length_m: 300, speed_mps: FREE_MPS, lanes: [{ index: 0, width_m: 3.2, speed_mps: FREE_MPS, length_m: 300 }] })),
}

/** A minute that ended `ago_s` before noon, with the speed at which the index is `index`. */
export const minute = (link: string, index: number, { ago_s = 0, vehicles = 6, now = NOON } = {}): LinkMinute => ({ link, time_s: now - 60 - ago_s, speed_mps: FREE_MPS / index, vehicles })

export const inputOf = (minutes: readonly LinkMinute[], changes: Partial<SnapshotInput> = {}): SnapshotInput => ({
  network_id: 'street', network_version: 3, network: street, now: NOON, minutes,
  segments: [{ id: 'west', name: 'West', links: ['a', 'b'] }, { id: 'east', name: 'East', links: ['c', 'd'] }], corridors: [{ id: 'out', name: 'Street, outbound', segments: ['west', 'east'] }],
  typical: new Map(), places: [{ id: 'p', name: 'West end', segments: ['west'], trend: 'growing' }], notices: [], ...changes,
})
