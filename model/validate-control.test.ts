import { describe, expect, it } from 'vitest'
import { street } from '../test/street.ts'
import type { SignalControl } from './control.ts'
import { validateControl } from './validate-control.ts'

const network = street()
const signal = network.signals[0]!
const group = signal.groups[0]!.id
const link = network.links[0]!
const good: SignalControl = {
  signal: signal.id, type: 'actuated', phases: [{ phase: group, passage_s: 2, recall: 'min' }], pedestrians: [{ phase: group, volume_ph: 10 }],
  detectors: [{ link: link.id, lane: 0, position_m: 0, length_m: 12, calls: [group], extends: [group] }],
}

describe('control settings', () => {
  it('pass where they speak of what is there', () => {
    expect(() => validateControl(network, [good])).not.toThrow()
  })

  it.each<[string, SignalControl[], string]>([
    ['a signal that is not there', [{ ...good, signal: 'nowhere' }], 'signal "nowhere" does not exist'],
    ['two controls of one signal', [good, good], 'has two controls'],
    ['an unknown type', [{ ...good, type: 'adaptive' as SignalControl['type'] }], 'type is "adaptive"'],
    ['an unknown phase', [{ ...good, phases: [{ phase: '99' }] }], 'phase "99"'],
    ['a negative passage', [{ ...good, phases: [{ phase: group, passage_s: -1 }] }], 'passage_s of phase'],
    ['an unknown recall', [{ ...good, phases: [{ phase: group, recall: 'often' as 'min' }] }], 'recall of phase'],
    ['a detector on no lane', [{ ...good, detectors: [{ ...good.detectors![0]!, lane: 9 }] }], 'lane 9'],
    ['a detector of negative length', [{ ...good, detectors: [{ ...good.detectors![0]!, length_m: -3 }] }], 'length_m is -3'],
    ['pedestrians without number', [{ ...good, pedestrians: [{ phase: group, volume_ph: Number.NaN }] }], 'volume_ph is NaN'],
  ])('name %s', (_, control, sentence) => {
    expect(() => validateControl(network, control)).toThrow(sentence)
  })
})
