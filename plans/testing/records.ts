// For tests: small records that hold together, each with the fields that a test cares about.
import type { PlaceCard } from '../../model/diagnosis.ts'
import type { FeedHealth } from '../../model/feed.ts'
import type { Plan } from '../../model/plan.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import type { DeploymentRecord, DeviceRecord, FeedRecord, JobRecord, NightRecord, Person, PlanRecord } from '../ports/index.ts'

/** 2026-11-22 00:00 UTC, a Sunday. */
export const SUNDAY_S = 1_795_305_600

/** Two links in a row along the equator of zone 32, 1 km each from 9 degrees east, with a signal between them. */
export function streetScenario(name = 'street', links: readonly string[] = ['east', 'further-east']): Scenario {
  const nodes = Array.from({ length: links.length + 1 }, (_, i) => ({ id: `n${i}`, source_id: `n${i}`, kind: i === 1 ? 'signal' as const : 'boundary' as const, x_m: 500_000 + 1000 * i, y_m: 0 }))
  const coordinate_reference = { kind: 'projected' as const, projection: '+proj=utm +zone=32 +datum=WGS84' }
  return {
    scenario: { format: 'greenwave.scenario/1', name, time_zone: 'Europe/Berlin', coordinate_reference, corridors: [], periods: [] },
    network: {
      format: 'greenwave.network/1', name, driving_side: 'right', coordinate_reference, nodes,
      links: links.map((id, i) => ({ id, source_id: id, from: `n${i}`, to: `n${i + 1}`, length_m: 1000, speed_mps: 13.9, lanes: [{ index: 0, width_m: 3.5, speed_mps: 13.9, length_m: 1000 }] })),
      movements: [], connections: [], signals: [],
    },
    demand: { format: 'greenwave.demand/1', intervals: [], volumes: [], vehicle_types: [], routes: [], vehicles: { depart_s: [], route: [], type: [] } },
    timing: { format: 'greenwave.timing/1', plans: [], schedule: [] },
  }
}

export const healthOf = (read: number, part: Partial<FeedHealth> = {}): FeedHealth => ({ source: 'x', read, accepted: read, issues: [], ...part })

export const feedOf = (id: string, network: string): Omit<FeedRecord, 'version' | 'created_at'> => ({ id, network, kind: 'probes', format: 'ndjson', settings: {}, enabled: true })

export function planOf(id: string, part: Partial<PlanRecord> = {}): PlanRecord {
  const document: Plan = {
    format: 'greenwave.plan/1', id, scenario: 'street', corridor: 'main', period: 'peak', cycle_s: 90, intersections: [], bands: [],
    certificate: { objective: 'band', value: 30, bound: 30, gap: 0, proven: true, method: 'exact', sentence: 'Nothing wider exists.' }, losers: [],
    provenance: { version: '0', seed: 1, inputs: {}, objective: 'band', assumptions: [] },
  }
  return {
    id, network: 'town', network_version: 1, corridor: 'main', period: 'peak', stage: 'draft', version: 1, document, hash: 'f'.repeat(64), author: 'wang', reason: '早高峰', created_at: SUNDAY_S,
    updated_at: SUNDAY_S, ...part,
  }
}

export const jobOf = (id: string, part: Partial<JobRecord> = {}): JobRecord => ({
  id, kind: 'simulate', input: { seed: 1 }, state: 'queued', progress: 0, label: '', by: 'wang', created_at: SUNDAY_S, updated_at: SUNDAY_S, ...part,
})

export const nightOf = (network: string, corridor: string, part: Partial<NightRecord> = {}): NightRecord => ({
  network, corridor, day: '2026-11-22', verdict: 'kept', input_hash: 'a'.repeat(64), plans: [], sentences: [], finished_at: SUNDAY_S, ...part,
})

export const personOf = (id: string, part: Partial<Person> = {}): Person => ({ id, login: `${id}@example.org`, name: '王芳', role: 'engineer', disabled: false, version: 0, ...part })

export const cardOf = (id: string, part: Partial<PlaceCard> = {}): PlaceCard => ({
  id, name: id, links: [], delay_veh_h_per_day: 12.5, avoidable_veh_h_per_day: 3, findings: [], status: 'found', history: [], ...part,
})

export const stateOf = (part: Partial<TrafficState> = {}): TrafficState => ({
  format: 'greenwave.state/1', scenario: 'street', from_s: SUNDAY_S, until_s: SUNDAY_S + 86_400, days: ['2026-11-22'], movements: [], periods: [], daily: [], links: [], places: [], signals: [],
  areas: [], phases: [], feeds: [], coverage: 0, ...part,
})

export const deviceOf = (id: string, part: Partial<DeviceRecord> = {}): DeviceRecord => ({ id, network: 'town', signal: id, protocol: 'ntcip', settings: { address: '192.0.2.1' }, enabled: true, version: 0, ...part })

export const deploymentOf = (id: string, part: Partial<DeploymentRecord> = {}): DeploymentRecord => ({
  id, network: 'town', corridor: 'main', run: 'r', device: 'c1', signal: 's1', plan: 'p', plan_hash: 'f'.repeat(64), mode: 'temporary', state: 'DRAFT', level: 0,
  want: {
    signal: { id: 's1', source_id: 's1', nodes: [], groups: [], conflicts: [] }, hash: 'e'.repeat(64), plan: 'p',
    pattern: { kind: 'stages', signal: 's1', cycle_s: 60, offset_s: 0, offset_reference: 'sequence_start', coordinated: [], stages: [] },
  },
  findings: [], progress: [], attempts: 0, approvals: [], sentences: [], by: 'wang', times: { DRAFT: SUNDAY_S }, time_source: 'computer', version: 1, created_at: SUNDAY_S, updated_at: SUNDAY_S, ...part,
})
