import { describe, expect, it } from 'vitest'
import { correctQueues, type ModelledQueue } from './queues.ts'

const QUEUE: ModelledQueue = { movement: 0, kind: 'protected left', protected: true, mean_m: 20, p95_m: 50, reach_m: 10, seen: undefined, volume: 0.1, profile: 0.1, per_cycle: 1 }
const seenAt = (mean_m: number, error = 0.1): ModelledQueue => ({ ...QUEUE, seen: { mean_m, error } })
const values = (queues: readonly ModelledQueue[]): number[] => correctQueues(queues).map(({ queue_max_m }) => queue_max_m.value!)

describe('queues of the model, corrected by where probes stood', () => {
  it('stay as they are where nobody was seen, and where probes stood as modelled', () => {
    expect(values([QUEUE, seenAt(10)])).toEqual([20, 20])
  })

  it('follow the probes farther where the model is wrong for all of the kind', () => {
    const wrong = [18, 17, 19, 18, 20, 16].map((mean_m) => seenAt(mean_m))
    const right = [10.5, 9.5, 10, 10.2, 9.8, 10].map((mean_m) => seenAt(mean_m))
    const alone = values([seenAt(18)])[0]!
    expect(values(wrong)[0]).toBeGreaterThan(1.1 * alone)
    expect(values([...right, seenAt(18)]).at(-1)).toBeLessThan(values(wrong)[0]!)
    // Never beyond what was seen.
    expect(values(wrong)[0]).toBeLessThan(36)
  })

  it('follow little where few probes tell of it, with a wider interval', () => {
    const [sure, unsure] = correctQueues([seenAt(18, 0.05), seenAt(18, 0.5)])
    expect(unsure!.queue_max_m.value).toBeLessThan(sure!.queue_max_m.value!)
    expect(Math.log(unsure!.queue_max_m.high! / unsure!.queue_max_m.low!)).toBeGreaterThan(Math.log(sure!.queue_max_m.high! / sure!.queue_max_m.low!))
  })

  it('go in proportion where one comes a cycle, by less where many do', () => {
    const [few, many] = values([seenAt(18), { ...seenAt(18), per_cycle: 20 }])
    expect(few).toBeGreaterThan(many!)
  })
})
