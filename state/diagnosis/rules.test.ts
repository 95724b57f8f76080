import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cause, Finding } from '../../model/diagnosis.ts'
import { criticalFlow, groupRatios } from './critical.ts'
import type { MovementEvidence, PlaceEvidence } from './evidence.ts'
import { diagnose } from './rules.ts'

function movement(name: string, change: Partial<MovementEvidence> = {}): MovementEvidence {
  return {
    movement: name, name, turn: 'through', link: `${name} in`, to_link: `${name} out`, on_corridor: false, groups: [name], volume_vph: 600, lanes: 2, lanes_own: 2,
    saturation_flow_vphpl: 1800, saturation_measured: false, green_s: 40, control_delay_s: 30, arrival_on_green: undefined, platoon_ratio: undefined, queue_p95_m: 60, bay_m: undefined,
    storage_m: 300, split_failure_share: 0, blocked_share: 0, wasted_green_share: undefined, two_wheelers_vph: undefined, grade: 'A', ...change,
  }
}

/** Two streets that cross, both well served. */
function place(change: Partial<PlaceEvidence> = {}, main: Partial<MovementEvidence> = {}, side: Partial<MovementEvidence> = {}): PlaceEvidence {
  return {
    signal: 's', cycle_s: 90, lost_time_s: 10, movements: [movement('main', { on_corridor: true, ...main }), movement('side', side)], conflicts: [['main', 'side']],
    min_green_s: { main: 10, side: 10 }, min_cycle_s: 40, off_peak: false, ...change,
  }
}

const causes = (evidence: PlaceEvidence): Cause[] => diagnose(evidence).map(({ cause }) => cause)
const only = (evidence: PlaceEvidence, cause: Cause): Finding => diagnose(evidence).find((finding) => finding.cause === cause)!

describe('the rule tree', () => {
  it('says nothing of a junction that is well served', () => {
    expect(causes(place())).toEqual([])
  })

  it('finds more demand than capacity and says how much to divert', () => {
    expect(causes(place({}, { volume_vph: 1700 }, { volume_vph: 1500 }))).not.toContain('capacity')
    const found = only(place({}, { volume_vph: 1800 }, { volume_vph: 1620 }), 'capacity')
    // 0.5 + 0.45 of flow ratios, 0.05 of 3,600 veh/h too many.
    expect(found.treatment).toEqual({ kind: 'divert', movement: 'main', volume_vph: 180 })
    expect(found.evidence[1]!.value).toBeCloseTo((0.95 * 90) / 80, 3)
  })

  it('finds green in the wrong place and shares it out by demand', () => {
    const uneven = place({}, { volume_vph: 1500, green_s: 36 }, { volume_vph: 500, green_s: 44 })
    const found = only(uneven, 'split-imbalance')
    expect(found.treatment).toEqual({ kind: 'retime-splits', signal: 's', greens: [{ group: 'main', green_s: 60, from_s: 36 }, { group: 'side', green_s: 20, from_s: 44 }] })
    expect(causes({ ...uneven, min_green_s: { main: 10, side: 44 } })).not.toContain('split-imbalance')
    expect(causes(place({}, { volume_vph: 1500, green_s: 36 }, { volume_vph: 1350, green_s: 44 }))).not.toContain('split-imbalance')
  })

  it('finds green that nobody uses, offsets that meet red, and cycles too long for the traffic', () => {
    expect(only(place({}, { wasted_green_share: 0.3, queue_p95_m: 70 }), 'green-wasted').treatment).toEqual({ kind: 'trim-green', signal: 's', group: 'main', green_s: 14, from_s: 40 })
    expect(causes(place({}, { wasted_green_share: 0.15 }))).not.toContain('green-wasted')
    expect(causes(place({}, { platoon_ratio: 0.6, arrival_on_green: 0.27 }))).toEqual(['offset'])
    expect(causes(place({}, { platoon_ratio: 0.86 }))).toEqual([])
    const long = only(place({ cycle_s: 140, off_peak: true }, { volume_vph: 500 }, { control_delay_s: 60 }), 'cycle-too-long')
    expect(long.treatment).toMatchObject({ kind: 'change-cycle', cycle_s: 40, from_s: 140 })
    expect(causes(place({ cycle_s: 140 }, {}, { control_delay_s: 60 }))).not.toContain('cycle-too-long')
  })

  it('finds bays, lanes and lefts that are too short or too few', () => {
    const left = movement('left', { turn: 'left', bay_m: 50, queue_p95_m: 90, storage_m: 200 })
    expect(only(place({ movements: [left] }), 'short-bay').treatment).toMatchObject({ kind: 'lengthen-bay', length_m: 115, from_m: 50 })
    expect(causes(place({ movements: [{ ...left, queue_p95_m: 50 }] }))).toEqual([])
    const shares = [movement('through', { link: 'in', volume_vph: 700, lanes: 3, lanes_own: 3 }), movement('left', { link: 'in', turn: 'left', volume_vph: 700, lanes: 1, lanes_own: 1 })]
    expect(causes(place({ movements: shares.map((one) => ({ ...one, volume_vph: 300 })) }))).toEqual([])
    expect(only(place({ movements: shares, conflicts: [] }), 'lane-use').treatment).toMatchObject({ movement: 'left', lanes: 2, from_lanes: 1 })
    expect(only(place({ movements: [{ ...left, bay_m: undefined, split_failure_share: 0.4, lanes: 1 }] }), 'left-storage').treatment).toMatchObject({ kind: 'waiting-area', gain_vph: 86 })
  })

  it('finds blocking beyond the line, friction, slow middles, tides and peaks', () => {
    expect(only(place({}, { blocked_share: 0.25 }), 'spillback').treatment).toMatchObject({ kind: 'gate', green_s: 30, from_s: 40 })
    expect(causes(place({}, { saturation_flow_vphpl: 1300, saturation_measured: true }))).toContain('friction')
    expect(causes(place({}, { saturation_flow_vphpl: 1300 }))).not.toContain('friction')
    expect(causes(place({ mid_block: { link: 'main in', speed_ratio: 0.4, queue_m: 5 } }))).toEqual(['mid-block'])
    expect(causes(place({ mid_block: { link: 'main in', speed_ratio: 0.4, queue_m: 90 } }))).toEqual([])
    expect(causes(place({ tide: { link: 'main in', opposite: 'back', lanes_each: 3, ratio_am: 2.5, ratio_pm: 0.4, left_share: 0.1 } }))).toEqual(['tidal-demand'])
    expect(causes(place({ tide: { link: 'main in', opposite: 'back', lanes_each: 3, ratio_am: 2.5, ratio_pm: 1.2, left_share: 0.1 } }))).toEqual([])
    expect(causes(place({ demand_over_usual: 0.5 }))).toEqual(['demand-peak'])
  })

  it('tells a broken controller first, and lets events explain themselves', () => {
    const broken = place({ audit: { plan_differs: true, difference_s: 12, drift_s_per_day: 0 }, demand_over_usual: 2 }, { platoon_ratio: 0.3, grade: 'A' })
    expect(causes(broken)[0]).toBe('equipment')
    expect(causes(place({ audit: { plan_differs: false, difference_s: 2, drift_s_per_day: 1 } }))).toEqual([])
    expect(diagnose(place({ explained: 'snow' }))[0]!.sentence).toContain('snow')
  })

  it('is the less sure the worse its evidence', () => {
    const sure = (['A', 'C', 'D', 'E'] as const).map((grade) => only(place({}, { platoon_ratio: 0.5, grade }), 'offset').confidence)
    expect([...sure].sort((a, b) => b - a)).toEqual(sure)
    expect(new Set(sure).size).toBe(4)
  })

  it('does not depend on the order of movements, and each finding says what it looked at', () => {
    const one = fc.record({
      volume_vph: fc.integer({ min: 0, max: 2000 }), green_s: fc.integer({ min: 5, max: 60 }), lanes: fc.integer({ min: 1, max: 3 }), queue_p95_m: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
      platoon_ratio: fc.option(fc.double({ min: 0.1, max: 2, noNaN: true }), { nil: undefined }), blocked_share: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
      split_failure_share: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }), turn: fc.constantFrom('through' as const, 'left' as const), grade: fc.constantFrom('A' as const, 'D' as const),
    })
    fc.assert(fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), fc.integer({ min: 60, max: 150 }), (list, cycle_s) => {
      const movements = list.map((change, i) => movement(`m${i}`, { ...change, on_corridor: i === 0, link: `link ${i % 3}` }))
      const conflicts = movements.flatMap((a, i) => movements.slice(i + 1).map((b): [string, string] => [a.movement, b.movement]))
      const evidence = place({ cycle_s, movements, conflicts, off_peak: true, min_green_s: {} })
      const found = diagnose(evidence)
      for (const { confidence, evidence: rows, sentence, cause } of found) {
        expect(confidence).toBeGreaterThan(0)
        expect(confidence).toBeLessThanOrEqual(1)
        expect(sentence).not.toMatch(/NaN|undefined|Infinity/)
        expect(rows.length > 0 || cause === 'incident').toBe(true)
      }
      const again = diagnose({ ...evidence, movements: [...movements].reverse() })
      expect(again.map(({ cause }) => cause).sort()).toEqual(found.map(({ cause }) => cause).sort())
    }))
  })
})

describe('critical flow', () => {
  it('is the largest sum over groups that all conflict', () => {
    const flows = fc.array(fc.integer({ min: 0, max: 1500 }), { minLength: 1, maxLength: 7 })
    fc.assert(fc.property(flows, fc.array(fc.boolean(), { minLength: 21, maxLength: 21 }), (volumes, pairs) => {
      const movements = volumes.map((volume_vph, i) => movement(`m${i}`, { volume_vph, lanes: 1 }))
      const conflicts: [string, string][] = []
      let k = 0
      for (let i = 0; i < volumes.length; i++) for (let j = i + 1; j < volumes.length; j++) if (pairs[k++]) conflicts.push([`m${i}`, `m${j}`])
      const evidence = place({ movements, conflicts })
      const ratios = groupRatios(evidence)
      let best = 0
      for (let set = 0; set < 1 << volumes.length; set++) {
        const chosen = volumes.map((_, i) => i).filter((i) => set & (1 << i))
        const clique = chosen.every((i) => chosen.every((j) => i >= j || conflicts.some(([a, b]) => a === `m${i}` && b === `m${j}`)))
        if (clique) best = Math.max(best, chosen.reduce((sum, i) => sum + ratios.get(`m${i}`)!, 0))
      }
      expect(criticalFlow(evidence).sum).toBeCloseTo(best, 9)
    }))
  })
})
