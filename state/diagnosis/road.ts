// Causes of congestion at a head without a signal: fewer lanes beyond it, or another stream that joins. Measured speeds say that the
// road beyond is free; the lanes say why the road before is not.
import type { Finding } from '../../model/diagnosis.ts'
import type { LinkId } from '../../model/network.ts'
import type { Grade } from '../../model/traffic-state.ts'
import type { VehiclesPerHour } from '../../model/units.ts'

export interface RoadEvidence {
  head: LinkId
  name: string
  lanes: number
  /** The road beyond, and all links that lead into it without a signal, the head among them; undefined at the edge of the network. */
  beyond?: { link: LinkId; name: string; lanes: number; from: { link: LinkId; name: string; lanes: number; volume_vph: VehiclesPerHour | undefined }[] }
  incident: boolean
  grade: Grade
}

/** What a lane of a street without signals carries at most, veh/h; HCM 7 basic segments of low speed. */
const LANE_VPH = 1800
const TRUST: Record<Grade, number> = { A: 1, B: 0.95, C: 0.85, D: 0.6, E: 0.3 }
/** A rule that only the drawing speaks for, against one whose volume was measured to exceed the lanes. */
const BY_DRAWING = 0.5

/** The most likely first. */
export function diagnoseRoad({ head, name, lanes, beyond, incident, grade }: RoadEvidence): Finding[] {
  const found: Finding[] = []
  if (incident) {
    found.push({
      cause: 'incident', cost: 'operations', confidence: TRUST[grade], grade, evidence: [], treatment: { kind: 'special-plan' },
      sentence: `travel times of ${name} were far above other days with free road beyond: an incident, not a place for works`,
    })
  }
  if (beyond === undefined) return found
  const entering = beyond.from.reduce((sum, one) => sum + one.lanes, 0)
  const volume = beyond.from.some(({ volume_vph }) => volume_vph === undefined) ? undefined : beyond.from.reduce((sum, { volume_vph }) => sum + volume_vph!, 0)
  const load = volume === undefined ? undefined : volume / (beyond.lanes * LANE_VPH)
  const confidence = (incident ? 0.5 : 1) * TRUST[grade] * (load === undefined ? BY_DRAWING : Math.min(1, Math.max(0.2, load)))
  const loadRow = load === undefined ? [] : [{ what: 'volume over what the lanes beyond carry', value: round(load), limit: 1, unit: '' }]
  if (beyond.from.length > 1 && entering > beyond.lanes) {
    const joining = beyond.from.filter(({ link }) => link !== head).sort((a, b) => (a.volume_vph ?? 0) - (b.volume_vph ?? 0) || a.lanes - b.lanes)[0]!
    found.push({
      cause: 'merge', cost: 'paint', confidence: round(confidence), grade, evidence: [{ what: 'lanes that come together', value: entering, limit: beyond.lanes, unit: 'lanes' }, ...loadRow],
      treatment: { kind: 'merge-control', link: beyond.link, joining: joining.link },
      sentence: `${entering} lanes come together in ${beyond.lanes} of ${beyond.name}: let ${joining.name} join in turn, by markings or by a signal that meters it`,
    })
  } else if (lanes > beyond.lanes) {
    found.push({
      cause: 'lane-drop', cost: 'civil-works', confidence: round(confidence), grade, evidence: [{ what: 'lanes before the narrowing', value: lanes, limit: beyond.lanes, unit: 'lanes' }, ...loadRow],
      treatment: { kind: 'add-lane', link: beyond.link, lanes, from_lanes: beyond.lanes },
      sentence: `${lanes} lanes of ${name} become ${beyond.lanes} of ${beyond.name}: carry a lane on, or hold traffic back at the signal before`,
    })
  }
  return found.sort((a, b) => b.confidence - a.confidence)
}

const round = (value: number): number => Number(value.toFixed(3))
