import { describe, expect, it } from 'vitest'
import { type ArterialOptions, arterial } from '../optimizer/testing/arterial.ts'
import { listNetworkCandidates } from './network-candidates.ts'

const candidatesOf = (options: ArterialOptions): ReturnType<typeof listNetworkCandidates> => {
  const { graph, running, volumes } = arterial({ spacing_m: [320, 250], ...options })
  return listNetworkCandidates({ graph, running, volumes, options: { cycle_min_s: 88, cycle_max_s: 90, proof_rounds: 1 } }, undefined)
}

describe('candidates of a network', () => {
  it('are with and without new orders of phases where these differ, in the same cycles, the one without at what the model says of it', () => {
    const candidates = candidatesOf({})
    const find = (id: string) => candidates.find((candidate) => candidate.id === id)!
    const [turned, kept] = [find('network'), find('network in street orders')]
    expect([turned.name, kept.name]).toEqual(['New cycles and splits with new orders of phases', 'New cycles and splits'])
    expect(turned.patterns.map(({ cycle_s }) => cycle_s)).toEqual(kept.patterns.map(({ cycle_s }) => cycle_s))
    expect(kept.result().patterns).toEqual(kept.patterns)
    expect(kept.result().after.cost).toBe(turned.result().orders.street!.cost)
    expect(turned.result().after.cost).toBeLessThan(kept.result().after.cost)
    expect(new Set(candidates.map(({ id }) => id)).size).toBe(candidates.length)
  })

  it('are evenly full, too, where green went elsewhere', () => {
    const candidates = candidatesOf({ main: 1900, side: 900, side_turns: 200 })
    const own = candidates.find(({ id }) => id === 'network')!.result()
    const even = candidates.find(({ id }) => id === 'network, evenly full')!
    expect(own.eased.signals.length).toBeGreaterThan(0)
    expect(even.name).not.toContain('green')
    expect(even.result().after.cost).toBeGreaterThan(own.after.cost)
  })

  it('have the orders of the street where no other is allowed', () => {
    expect(candidatesOf({ sequence_free: false }).filter(({ id, name }) => id.includes('orders') || name.includes('orders'))).toEqual([])
  })

  it('are at the cycle that their names tell, at its half or double', () => {
    const { graph, running, volumes } = arterial({ spacing_m: [320, 250] })
    const cycles = (least: number): [string, number[]][] => listNetworkCandidates({ graph, running, volumes, options: { cycle_min_s: least, cycle_max_s: 44, proof_rounds: 1 } }, undefined)
      .flatMap(({ id, patterns }) => (id.startsWith('cycle ') ? [[id, patterns.map(({ cycle_s }) => cycle_s)] as [string, number[]]] : []))
    expect(cycles(34)).toContainEqual(['cycle 40', [80, 80, 80]])
    // Nothing better than what runs, 90 s, with new offsets, which is no cycle of 44 s.
    expect(cycles(44)).toEqual([])
  })

  it('name what runs now as such where the model finds nothing better, and list it at no other cycle', () => {
    const { graph, running, volumes } = arterial({ spacing_m: [320, 250] })
    const range = { cycle_min_s: 88, cycle_max_s: 90, proof_rounds: 1, orders: false }
    // What runs is what was planned, at one cycle and with nothing left to gain there.
    const planned = new Map([...running, ...listNetworkCandidates({ graph, running, volumes, options: range }, undefined)[0]!.patterns.map((pattern) => [pattern.signal, pattern] as const)])
    const again = listNetworkCandidates({ graph, running: planned, volumes, options: range }, undefined)
    const same = again.filter(({ patterns }) => patterns.every((pattern) => planned.get(pattern.signal) === pattern))
    expect(same.length).toBeGreaterThan(0)
    for (const { id, name } of same) {
      expect(name).toBe('The patterns of the street')
      expect(id).not.toContain('cycle')
    }
  })
})
