import { describe, expect, it } from 'vitest'
import { prepareNetwork } from '../prepare.ts'
import { createRun } from '../simulate.ts'
import { flow, inputFor, NetworkBuilder } from '../testing/networks.ts'
import { findGridlock, GridlockWatch } from './gridlock.ts'
import { RED_LIGHT, type World } from './world.ts'

/** Three vehicles that stand since `seconds`, each waiting for the one named. */
function standing(seconds: number, waitsFor: number[]): World {
  const builder = new NetworkBuilder()
  for (let i = 0; i < 4; i++) builder.link({ id: `r${i}`, from: `n${i}`, to: `n${i + 1}`, length: 100 })
  for (let i = 0; i < 3; i++) builder.connect({ from: `r${i}`, to: `r${i + 1}`, lane: [0, 0] })
  const network = builder.build()
  const trips = [0, 1, 2].flatMap((i) => flow(network, [`r${i}`, 'r3'].slice(0, i === 2 ? 2 : 1), 0, 0.1, 1))
  const run = createRun(prepareNetwork(network), inputFor(network, [], trips))
  run.step()
  const { world } = run
  for (let v = 0; v < 3; v++) {
    world.spd[v] = 0
    world.haltedFor[v] = seconds
    world.waitsFor[v] = waitsFor[v]!
  }
  world.now = seconds + 20
  return world
}

const look = (world: World): ReturnType<typeof findGridlock> => {
  const watch = new GridlockWatch(world, 300)
  watch.nextLook = 0
  return findGridlock(world, watch)
}

describe('a gridlock', () => {
  it('is a circle of vehicles that wait for each other, and is reported with the place', () => {
    const found = look(standing(310, [1, 2, 0]))
    expect(found?.trips).toEqual([0, 1, 2])
    expect(found?.where).toContain('trip 0 on link r0 lane 0')
    expect(found?.where).toContain('trip 2 on link r2 lane 0')
  })

  it('is not a queue that ends at a red light', () => {
    expect(look(standing(310, [1, 2, RED_LIGHT]))).toBeUndefined()
  })

  it('is not a circle that has closed only just now', () => {
    expect(look(standing(100, [1, 2, 0]))).toBeUndefined()
  })

  it('is broken by letting somebody go who only yields, and that is counted', () => {
    const world = standing(100, [1, 2, 0])
    world.yieldingSince[1] = 5
    expect(look(world)).toBeUndefined()
    expect(world.grants).toBe(1)
    expect(world.grantedUntil[1]).toBeGreaterThan(world.now)
  })
})
