import { describe, expect, it } from 'vitest'
import { createRun, prepareNetwork } from '../index.ts'
import { none, runChecked } from '../testing/invariants.ts'
import { junction, twoStage } from '../testing/junctions.ts'
import { compiled, flow, inputFor, NetworkBuilder, weave } from '../testing/networks.ts'

describe('two vehicles side by side at the line that want each other\'s lane', () => {
  it('exchange their lanes and both get where they want to', () => {
    // Too short to pass on.
    const network = weave(24).build()
    const trips = [...flow(network, ['a', 'weave', 'left'], 0, 1, 1), ...flow(network, ['b', 'weave', 'right'], 0, 1, 1)]
    const run = createRun(prepareNetwork(network), inputFor(network, [], trips))
    expect(runChecked(run)).toEqual(none)
    const { completed, missed_turns, vehicles } = run.result()
    expect({ completed, missed_turns }).toEqual({ completed: 2, missed_turns: 0 })
    expect(Math.max(...vehicles.delay_s)).toBeLessThan(30)
  })
})

describe('a crowd in which everybody wants another lane', () => {
  it('keeps each vehicle in one place, whoever exchanges with whom', () => {
    const LANES = [0, 1, 2, 3] as const
    const builder = new NetworkBuilder().link({ id: 'weave', from: 'x', to: 'y', length: 60, lanes: 4 })
    for (const lane of LANES) {
      builder.link({ id: `in ${lane}`, from: `n${lane}`, to: 'x', length: 100 }).link({ id: `out ${lane}`, from: 'y', to: `m${lane}`, length: 100 })
        .connect({ from: `in ${lane}`, to: 'weave', lane: [0, lane] }).connect({ from: 'weave', to: `out ${lane}`, lane: [lane, 0], turn: lane === 0 ? 'right' : lane === 3 ? 'left' : 'through' })
    }
    const network = builder.build()
    for (const [model, step_s] of [['krauss', 1], ['idm', 0.5]] as const) {
      // All ways from lane to lane, in an order that no two lanes share.
      const trips = LANES.flatMap((from) => LANES.flatMap((to) => flow(network, [`in ${from}`, 'weave', `out ${to}`], (5 * from + 3 * to) % 7, 120, 18))).sort((a, b) => a.depart_s - b.depart_s)
      const run = createRun(prepareNetwork(network), inputFor(network, [], trips, { model, step_s }))
      expect(runChecked(run)).toEqual(none)
      expect(run.result().completed).toBe(trips.length)
    }
  })
})

describe('a left-turner', () => {
  it('stops behind the vehicles in a partly filled pocket and does not drive past it', () => {
    const network = junction({ group: twoStage, pocket: { W: 40 } })
    const green = 240
    const signals = [compiled('x', 300, 0, { ew: [[green, 290]], ns: [[0, 200]] })]
    // The pocket holds five.
    const trips = flow(network, ['Win', 'Nout'], 0, 5 * 25, 25)
    const run = createRun(prepareNetwork(network), inputFor(network, signals, trips))
    expect(runChecked(run, green)).toEqual(none)
    const pocket = run.world.p.linkLane[run.world.p.linkIndex.get('Win')!]! + 1
    expect([run.world.count[pocket - 1], run.world.count[pocket]]).toEqual([0, 5])
    expect(runChecked(run)).toEqual(none)
    const { completed, missed_turns } = run.result()
    expect({ completed, missed_turns }).toEqual({ completed: 5, missed_turns: 0 })
  })

  it('enters a pocket as soon as its front is inside, the rest in the taper', () => {
    const length = 40
    const network = junction({ group: twoStage, pocket: { W: length } })
    const signals = [compiled('x', 300, 0, { ew: [[240, 290]], ns: [[0, 200]] })]
    // One more than have room with their whole length.
    const trips = flow(network, ['Win', 'Nout'], 0, 6 * 25, 25)
    const run = createRun(prepareNetwork(network), inputFor(network, signals, trips))
    expect(runChecked(run, 235)).toEqual(none)
    const { p, count } = run.world
    const pocket = p.linkLane[p.linkIndex.get('Win')!]! + 1
    expect([count[pocket - 1], count[pocket]]).toEqual([0, 6])
  })
})

describe('a vehicle in a queue beside an empty turn pocket', () => {
  it('does not wait in the pocket, where it would bar those who turn', () => {
    const network = junction({ group: (arm, turn) => (arm === 'W' && turn === 'left' ? ['left', 'protected'] : twoStage(arm, turn)), pocket: { W: 120 } })
    const signals = [compiled('x', 300, 0, { ew: [[200, 290]], left: [[0, 190]], ns: [] })]
    const trips = flow(network, ['Win', 'Eout'], 0, 120, 8)
    const run = createRun(prepareNetwork(network), inputFor(network, signals, trips))
    const pocket = run.world.p.linkLane[run.world.p.linkIndex.get('Win')!]! + 1
    let inPocket = 0
    while (run.step()) inPocket = Math.max(inPocket, run.world.count[pocket]!)
    expect(inPocket).toBe(0)
    expect(run.result().completed).toBe(trips.length)
  })
})
