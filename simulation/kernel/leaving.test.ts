import { expect, it } from 'vitest'
import { createRun, prepareNetwork } from '../index.ts'
import { flow, inputFor, NetworkBuilder } from '../testing/networks.ts'
import { announce, arrivalAt, newArrival } from './approach.ts'
import { leaveBehind } from './leaving.ts'
import { reserve } from './reservations.ts'

it('reckons with those who were on the paths across when a vehicle announced itself, not with who has gone there since', () => {
  const builder = new NetworkBuilder()
  for (const [id, from, to] of [['west', 'w', 'x'], ['east', 'x', 'e'], ['south', 's', 'x'], ['north', 'x', 'n']] as const) builder.link({ id, from, to, length: 100 })
  builder.connect({ from: 'west', to: 'east', lane: [0, 0], length: 12, shape: [[-6, 0], [6, 0]] })
  builder.connect({ from: 'south', to: 'north', lane: [0, 0], length: 12, shape: [[0, -6], [0, 6]], yields: ['west:0->east:0'] })
  const network = builder.build()
  const prepared = prepareNetwork(network)
  const trips = [...flow(network, ['west', 'east'], 0, 1, 5), ...flow(network, ['south', 'north'], 0, 1, 5)]
  const run = createRun(prepared, inputFor(network, [], trips, { rules: 'sumo', stop_at_s: 100 }))
  const w = run.world
  while (w.driving < 2) run.step()
  const across = w.p.connFrom.findIndex((lane) => lane === w.strip[1])
  const own = 1 - across
  const announced = newArrival()
  const afterwards = newArrival()
  const reckon = (out: typeof announced): void => {
    arrivalAt(w, 0, own, 10, 10, w.p.length[w.p.lanes + own]!, false, 10, Infinity, out)
    leaveBehind(w, 0, own, 10, w.p.length[w.p.lanes + own]!, out)
  }
  w.bound = 10
  w.behind = Infinity
  const k = announce(w, 0, own, 10, false, true)
  reckon(announced)
  // As if its front were 3 m beyond its line.
  reserve(w, across, 1, -3, false)
  reckon(afterwards)
  expect(afterwards.leave).toBeGreaterThan(announced.leave)
  expect(w.comingLeave[k]).toBe(announced.leave)
  expect(w.comingLeaveSpeed[k]).toBe(announced.leaveSpeed)
})
