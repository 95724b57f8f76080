// Evaluations are made up: only the measures that the choice reads differ.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DirectionMeasures, Evaluation, MeanCi } from '../model/evaluation.ts'
import { bandAllowance, choose, judge, meanSaturation, rankNetworks, saturationSentence, EQUAL_SHARE, SIDE_FLOOR_S, SIDE_TOLERANCE, SIDE_WORTH, STOP_WEIGHT_S, type Judged } from './choose.ts'

interface Figures {
  delay_s?: number
  stops?: number
  insertion_delay_s?: number
  corridor_delay_s?: number
  corridor_stops?: number
  /** Vehicles that travelled the whole corridor, outbound and inbound. */
  vehicles?: [number, number]
  gridlocked_runs?: number
  completed_share?: number
}

const of = (mean: number): MeanCi => ({ mean, ci95: null })

function evaluation({ delay_s = 30, stops = 1, insertion_delay_s = 0, corridor_delay_s = 40, corridor_stops = 2, vehicles = [100, 100], gridlocked_runs = 0, completed_share = 1 }: Figures = {}): Evaluation {
  const way = (travelled: number): DirectionMeasures => ({ vehicles: travelled, travel_time_s: of(travelled === 0 ? Number.NaN : 200), stops: of(travelled === 0 ? Number.NaN : corridor_stops), delay_s: of(travelled === 0 ? Number.NaN : corridor_delay_s), share_at_most_one_stop: of(0.5) })
  return {
    runs: 2, seeds: [1, 2], gridlocked_runs, completed_share, travel_time_s: of(120), delay_s: of(delay_s), stops: of(stops), insertion_delay_s: of(insertion_delay_s),
    corridor: { outbound: way(vehicles[0]), inbound: way(vehicles[1]) }, movements: [], vehicle_updates: 0, cpu_s: 0, per_seed: [],
  }
}

const RUNNING = evaluation()
/** Better than the plan now running in everything. */
const BETTER: Figures = { delay_s: 25, stops: 0.8, corridor_delay_s: 20, corridor_stops: 1 }

const plan = (id: string, figures: Figures, widest = false, saturation?: number): Judged => ({ id, widest, evaluation: evaluation(figures), ...(saturation === undefined ? {} : { saturation }) })

const chosenOf = (...candidates: Judged[]): string => choose(RUNNING, candidates).chosen

describe('the cost of a plan', () => {
  it('is delay, waiting to enter, and each stop at its weight', () => {
    expect(judge(RUNNING, plan('a', { delay_s: 20, insertion_delay_s: 3, stops: 0.5 })).cost_s).toBeCloseTo(23 + 0.5 * STOP_WEIGHT_S, 9)
  })

  it('is without limit where a run gridlocked', () => {
    expect(judge(RUNNING, plan('a', { ...BETTER, gridlocked_runs: 1 })).cost_s).toBe(Infinity)
  })

  it('counts a corridor as improved only if neither its stops nor its delay grow', () => {
    expect(judge(RUNNING, plan('a', { corridor_delay_s: 30, corridor_stops: 2 })).improves_corridor).toBe(true)
    expect(judge(RUNNING, plan('a', { corridor_delay_s: 30, corridor_stops: 2.1 })).improves_corridor).toBe(false)
    expect(judge(RUNNING, plan('a', { corridor_delay_s: 41, corridor_stops: 1 })).improves_corridor).toBe(false)
  })

  it('leaves out a direction that nobody travelled', () => {
    expect(judge(evaluation({ vehicles: [100, 0] }), plan('a', { ...BETTER, vehicles: [100, 0] })).improves_corridor).toBe(true)
  })
})

describe('the choice among candidates', () => {
  it('never takes a gridlocked plan over one that runs, be it worse than today', () => {
    const bad: Figures = { delay_s: 90, stops: 4, corridor_delay_s: 120, corridor_stops: 6 }
    expect(chosenOf(plan('locked', { ...BETTER, gridlocked_runs: 1 }, true), plan('runs', bad))).toBe('runs')
    expect(chosenOf(plan('locked', { ...BETTER, gridlocked_runs: 1 }, true), plan('leaves some behind', { ...bad, completed_share: 0.9 }))).toBe('leaves some behind')
  })

  it('names one even where all gridlock, so that the caller can show it as what it is', () => {
    const { chosen, verdicts } = choose(RUNNING, [plan('a', { gridlocked_runs: 2 }), plan('b', { gridlocked_runs: 1 })])
    expect(verdicts.map(({ id }) => id)).toContain(chosen)
    expect(verdicts.every(({ cost_s }) => cost_s === Infinity)).toBe(true)
  })

  it('does not prefer a plan that leaves vehicles behind for its smaller mean', () => {
    expect(chosenOf(plan('leaves some behind', { ...BETTER, delay_s: 10, completed_share: 0.97 }), plan('serves all', BETTER))).toBe('serves all')
  })

  it('takes a hair of unfinished trips for the end of the run, not for a fault', () => {
    expect(chosenOf(plan('quick', { ...BETTER, delay_s: 10, completed_share: 0.997 }), plan('slow', BETTER))).toBe('quick')
  })

  it('puts a plan that improves the corridor first, before a cheaper one that does not', () => {
    const cheap: Figures = { delay_s: 15, stops: 0.5, corridor_delay_s: 50, corridor_stops: 2.5 }
    expect(chosenOf(plan('cheap', cheap), plan('corridor', BETTER))).toBe('corridor')
  })

  it('does not let the corridor win at the cost of the whole street', () => {
    const dear: Figures = { ...BETTER, delay_s: 60 }
    expect(chosenOf(plan('corridor alone', { ...dear, corridor_delay_s: 5 }), plan('both', BETTER))).toBe('both')
  })

  it('takes the least cost where no plan does both', () => {
    const corridorOnly: Figures = { ...BETTER, delay_s: 60 }
    const streetOnly: Figures = { delay_s: 20, corridor_delay_s: 50 }
    expect(chosenOf(plan('corridor only', corridorOnly), plan('street only', streetOnly))).toBe('street only')
  })

  it('prefers widest bands where they cost at most a tenth more', () => {
    const best = plan('least delay', { ...BETTER, delay_s: 20, stops: 0 })
    expect(chosenOf(best, plan('band', { ...BETTER, delay_s: 21.9, stops: 0 }, true))).toBe('band')
    expect(chosenOf(best, plan('band', { ...BETTER, delay_s: 22.1, stops: 0 }, true))).toBe('least delay')
  })

  it('lets delay decide alone where the corridor is nearly full, and bands where it is not', () => {
    const best = plan('least delay', { ...BETTER, delay_s: 20, stops: 0 })
    const band = (saturation: number): Judged => plan('band', { ...BETTER, delay_s: 20.8, stops: 0 }, true, saturation)
    expect([0.3, 0.5, 0.6, 0.65, 0.75, 1.2].map((saturation) => chosenOf(best, band(saturation)))).toEqual(['band', 'band', 'band', 'least delay', 'least delay', 'least delay'])
  })

  it('never allows bands more where the corridor is fuller, and says why', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (at, more) => {
      expect(bandAllowance(at + more)).toBeLessThanOrEqual(bandAllowance(at))
      expect(bandAllowance(at)).toBeGreaterThanOrEqual(0)
    }))
    expect(saturationSentence(0.82, false)).toBe('The through movements of the corridor use 82 % of their capacity on average; above 70 % platoons outgrow any band, so delay with stops decided alone. The plan taken was chosen for its delay, not for its bands.')
    expect(saturationSentence(0.4, true)).toContain('up to 10 % more')
    expect(saturationSentence(0.6, true)).toContain('only 5.0 % more')
  })

  it('weighs the degree of saturation by volume, without movements that nobody drives', () => {
    const [volumes, saturation] = [new Map([['a', 300], ['b', 100], ['c', 0], ['d', 50]]), new Map([['a', 0.4], ['b', 0.8], ['c', 9], ['d', Infinity]])]
    expect(meanSaturation(['a', 'b', 'c', 'd'], volumes, saturation)).toBeCloseTo(0.5, 9)
    expect(meanSaturation(['c'], volumes, saturation)).toBe(0)
  })

  it('does not stretch the tenth to a band plan of a lower rank', () => {
    const best = plan('least delay', { ...BETTER, delay_s: 20, stops: 0 })
    expect(chosenOf(best, plan('band', { delay_s: 20, stops: 0, corridor_delay_s: 45 }, true))).toBe('least delay')
  })

  it('takes the cheaper of two band plans, in whatever order they come', () => {
    const candidates = [plan('band', { ...BETTER, delay_s: 21.5, stops: 0 }, true), plan('compromise', { ...BETTER, delay_s: 21, stops: 0 }, true), plan('delay', { ...BETTER, delay_s: 20, stops: 0 })]
    expect(chosenOf(...candidates)).toBe('compromise')
    expect(chosenOf(...candidates.toReversed())).toBe('compromise')
  })

  it('tells the verdicts in the order of the candidates', () => {
    expect(choose(RUNNING, [plan('b', BETTER), plan('a', {})]).verdicts.map(({ id }) => id)).toEqual(['b', 'a'])
  })
})

describe('the choice of a network plan', () => {
  const network = (id: string, figures: Figures, side_p95_s = 30) => ({ id, evaluation: evaluation(figures), side_p95_s })
  const order = (...candidates: ReturnType<typeof network>[]): string[] => rankNetworks(candidates, { side_p95_s: 30, running_cost_s: 100 }).map(({ id }) => id)

  it('is by the cost of all vehicles, whatever the corridor has of it', () => {
    expect(order(network('corridor', { delay_s: 25, corridor_delay_s: 1, corridor_stops: 0 }), network('all', { delay_s: 24, corridor_delay_s: 90 }))).toEqual(['all', 'corridor'])
  })

  it('lets side streets wait clearly longer than their mark only for a tenth of the cost', () => {
    const [kept, lost] = [30 * (1 + SIDE_TOLERANCE), 30 * (1 + SIDE_TOLERANCE) + 0.1]
    const cost = 40 + STOP_WEIGHT_S
    const saving = (share: number): Figures => ({ delay_s: cost / (1 + share) - STOP_WEIGHT_S })
    expect(order(network('cheap', saving(SIDE_WORTH - 0.03), lost), network('dear', { delay_s: 40 }, kept))).toEqual(['dear', 'cheap'])
    expect(order(network('dear', { delay_s: 40 }, kept), network('cheap', saving(SIDE_WORTH + 0.03), lost))).toEqual(['cheap', 'dear'])
    expect(order(network('dear', { delay_s: 40 }, kept), network('cheap', saving(0.03), kept))).toEqual(['cheap', 'dear'])
  })

  it('takes of plans that cost nearly the same the one whose side streets wait less, and never more for a plan that is worse in both', () => {
    expect(order(network('long', { delay_s: 40 }, 30), network('short', { delay_s: 41 }, 25))).toEqual(['short', 'long'])
    expect(order(network('long', { delay_s: 40 }, 30), network('short', { delay_s: 46 }, 25))).toEqual(['long', 'short'])
    fc.assert(fc.property(fc.double({ min: 1, max: 90, noNaN: true }), fc.double({ min: 0, max: 200, noNaN: true }), fc.double({ min: 0.1, max: 50, noNaN: true }), fc.double({ min: 0, max: 50, noNaN: true }), (delay_s, side_s, dearer_s, slower_s) => {
      expect(order(network('better', { delay_s }, side_s), network('worse', { delay_s: delay_s + dearer_s }, side_s + slower_s))[0]).toBe('better')
      // Named first it wins as an equal, and only as one.
      const clearly_s = dearer_s + 2 * EQUAL_SHARE * (delay_s + STOP_WEIGHT_S)
      expect(order(network('worse', { delay_s: delay_s + clearly_s }, side_s + slower_s), network('better', { delay_s }, side_s))[0]).toBe('better')
    }))
  })

  it('pays nothing for side streets that wait less than their floor', () => {
    expect(order(network('dear', { delay_s: 42 }, 5), network('cheap', { delay_s: 40 }, SIDE_FLOOR_S))).toEqual(['cheap', 'dear'])
    expect(rankNetworks([network('dear', { delay_s: 42 }, 5), network('cheap', { delay_s: 40 }, SIDE_FLOOR_S)], { side_p95_s: 5 })[0]!.id).toBe('cheap')
  })

  it('takes of plans that are as good as equal the one named first, but none that is clearly worse or breaks a rule', () => {
    const cost = 40 + STOP_WEIGHT_S
    const at = (share: number): Figures => ({ delay_s: cost * (1 + share) - STOP_WEIGHT_S })
    expect(order(network('model', at(EQUAL_SHARE - 0.001)), network('best', at(0)), network('between', at(0.001)))).toEqual(['model', 'best', 'between'])
    expect(order(network('model', at(EQUAL_SHARE + 0.001)), network('best', at(0)))).toEqual(['best', 'model'])
    expect(order(network('model', { ...at(0.001), completed_share: 0.9 }), network('best', at(0)))).toEqual(['best', 'model'])
  })

  it('lets side streets wait rather than leave vehicles behind, and that rather than gridlock', () => {
    expect(order(network('locked', { gridlocked_runs: 1 }), network('behind', { completed_share: 0.9 }), network('slow', {}, 500))).toEqual(['slow', 'behind', 'locked'])
  })

  it('lets side streets wait rather than cost all vehicles more than what runs now', () => {
    expect(order(network('dear', { delay_s: 95 }), network('slow', { delay_s: 40 }, 500))).toEqual(['slow', 'dear'])
  })

  it('keeps the order given among plans that all gridlock', () => {
    expect(order(network('a', { gridlocked_runs: 1 }), network('b', { gridlocked_runs: 1, delay_s: 1 }))).toEqual(['a', 'b'])
  })
})
