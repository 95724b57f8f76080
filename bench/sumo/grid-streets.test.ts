import { describe, expect, it } from 'vitest'
import { checkPlan } from '../../model/check-plan.ts'
import { PASSENGER_CAR } from '../../model/demand.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { corridorStreets, corridorTrips } from './corridors.ts'
import { runnerOf } from './run-ours.ts'
import { townStreets, townTrips } from './town-streets.ts'

const streets = corridorStreets()
const load = { west: 300, east: 200, side: 40 }

describe('the generated corridor', () => {
  it('joins every link of every trip by a movement', () => {
    const graph = new RoadGraph(streets.network)
    const trips = corridorTrips(streets, load, 1)
    expect(trips.length).toBeGreaterThan(800)
    for (const { links } of trips) {
      links.forEach((link, i) => {
        const next = links[i + 1]
        if (next !== undefined) expect(graph.findMovement(streets.network.links[link]!.id, streets.network.links[next]!.id)).toBeDefined()
      })
    }
  })

  it('draws the same trips for a seed, and others for another', () => {
    expect(corridorTrips(streets, load, 1)).toEqual(corridorTrips(streets, load, 1))
    expect(corridorTrips(streets, load, 1)).not.toEqual(corridorTrips(streets, load, 2))
  })

  it('brings everybody through, and counts who enters each link', () => {
    const trips = corridorTrips(streets, load, 1)
    const runner = runnerOf({ name: 'corridor', network: streets.network, vehicle_types: [PASSENGER_CAR], from_s: 0, until_s: 7200 })
    const measures = runner({ model: 'idm', step_s: 0.5, seed: 1, patterns: streets.patterns, trips, rules: 'sumo' })
    expect(measures.travel_s.every((time) => time > 10)).toBe(true)
    const expected = new Float64Array(streets.network.links.length)
    for (const { links } of trips) for (const link of links) expected[link]!++
    expect(measures.entered).toEqual(expected)
  })
})

describe('the generated town', () => {
  const town = townStreets(6)

  it('gives lefts stages of their own where arterials cross, and conflicting groups never green together', () => {
    const graph = new RoadGraph(town.network)
    expect(town.patterns.map((pattern) => (pattern.kind === 'stages' ? pattern.stages.length : 0)).filter((stages) => stages === 8)).toHaveLength(1)
    expect(checkPlan(graph, town.patterns)).toEqual([])
  })

  it('sends trips over joined links, the same ones every time, and all of them arrive', () => {
    const graph = new RoadGraph(town.network)
    const trips = townTrips(town.network, 250, 3)
    expect(trips).toEqual(townTrips(town.network, 250, 3))
    expect(trips).toHaveLength(250)
    for (const { links } of trips) {
      expect(new Set(links).size).toBe(links.length)
      for (let i = 1; i < links.length; i++) expect(graph.findMovement(town.network.links[links[i - 1]!]!.id, town.network.links[links[i]!]!.id)).toBeDefined()
    }
    const runner = runnerOf({ name: 'town', network: town.network, vehicle_types: [PASSENGER_CAR], from_s: 0, until_s: 3600 })
    const { travel_s } = runner({ model: 'idm', step_s: 0.5, seed: 1, patterns: town.patterns, trips, rules: 'sumo' })
    expect(travel_s.every((time) => time > 20)).toBe(true)
  })
})
