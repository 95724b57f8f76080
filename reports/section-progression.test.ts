import { describe, expect, it } from 'vitest'
import type { Evaluation, MeanCi, MovementMeasures } from '../model/evaluation.ts'
import type { PlanReportInput } from './plan-report-input.ts'
import { progressionSection } from './section-progression.ts'

const mean = (value: number, ci95: number | null = 0.02): MeanCi => ({ mean: value, ci95 })

function movement(name: string, on_corridor: boolean, more: Partial<MovementMeasures> = {}): MovementMeasures {
  return {
    movement: name, from: 'a', to: 'b', from_link: 'a', to_link: 'b', name, signal: 's1', on_corridor, volume_vph: 100, delay_s: 20, stops: 0.5, queue_p95_m: 40, level_of_service: 'B',
    arrivals_on_green: mean(0.61), split_failure_share: mean(0), spillback_share: mean(0), queue_m: { mean: mean(20), p95: mean(40), max: mean(61) }, ...more,
  }
}

const inputOf = (movements: MovementMeasures[]): PlanReportInput => {
  const evaluation = { movements } as Evaluation
  return { stations: [{ signal: 's1', name: 'First Street', position_m: 0 }], plan: { intersections: [] }, simulation: { before: evaluation, after: evaluation, differences: [] } } as unknown as PlanReportInput
}

describe('the section on progression', () => {
  it('shows the corridor, and others only where greens fail or queues spill back', () => {
    const text = progressionSection(inputOf([movement('EBT', true), movement('NBL', false), movement('SBL', false, { split_failure_share: mean(0.5, null) }), movement('WBR', false, { spillback_share: mean(0.1) })]))!.text
    expect(text).toContain('<strong>First Street, EBT</strong>')
    expect(text).toContain('61 ± 2 %')
    expect(text).toContain('First Street, SBL')
    expect(text).toContain('>50 %<')
    expect(text).toContain('First Street, WBR')
    expect(text).not.toContain('NBL')
  })

  it('says nothing where nobody measured it', () => {
    const { arrivals_on_green: _, ...without } = movement('EBT', true)
    expect(progressionSection(inputOf([without]))).toBeUndefined()
    expect(progressionSection({ ...inputOf([]), simulation: undefined } as unknown as PlanReportInput)).toBeUndefined()
  })
})
