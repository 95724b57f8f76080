// Corridors as they are drawn: what lies between two picks, what cannot be reached, and what they are called.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { streetDrawing } from '../../diagram/street-drawing.ts'
import type { Scenario } from '../../model/scenario.ts'
import { NO_WAY, type Way } from './scene.ts'
import { readStreets } from './streets.ts'
import { extended, graphOf, suggestedName, wayOf, wayOfCorridor, withCorridor } from './way.ts'

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../scenarios/nanhu-avenue/${name}.json`, import.meta.url), 'utf8'))
const scenario = { scenario: read('scenario'), network: read('network') } as Scenario
const streets = readStreets({ ...streetDrawing(scenario), version: 1 })
const graph = graphOf(streets.drawing)

const picked = (...signals: string[]): Way => signals.reduce<Way>((way, signal) => {
  const result = extended(graph, way, signal)
  if ('problem' in result) throw new Error(`${result.problem} ${signal}`)
  return result.way
}, NO_WAY)

describe('a corridor that is drawn', () => {
  it('takes in the signals between two picks, in either direction', () => {
    expect(picked('1', '4').signals).toEqual(['1', '2', '3', '4'])
    expect(picked('5', '2').signals).toEqual(['5', '4', '3', '2'])
    expect(picked('2', '3', '6').signals).toEqual(['2', '3', '4', '5', '6'])
  })

  it('is as long as its links, one way and back', () => {
    const { links, outbound_m, inbound_m } = picked('1', '6')
    const of = new Map(streets.drawing.links.map((link) => [link.id, link.length_m]))
    expect(outbound_m).toBeGreaterThan(1000)
    expect(links.reduce((sum, id) => sum + of.get(id)!, 0)).toBeGreaterThan(0.9 * (outbound_m + inbound_m!))
    expect(picked('6', '1')).toMatchObject({ outbound_m: inbound_m, inbound_m: outbound_m })
  })

  it('refuses what is in it already, and what cannot be reached', () => {
    expect(extended(graph, picked('1', '3'), '2')).toEqual({ problem: 'already', signal: '2' })
    // The way from 3 to 1 passes 2, which is in it: a corridor does not turn back on itself.
    expect(extended(graph, { ...NO_WAY, signals: ['2', '3'] }, '1')).toEqual({ problem: 'no-way', signal: '1' })
    const apart = graphOf({ ...streets.drawing, links: [], movements: [] })
    expect(extended(apart, { ...NO_WAY, signals: ['1'] }, '2')).toEqual({ problem: 'no-way', signal: '2' })
  })

  it('is taken back to what it was, and begins with one signal and no way', () => {
    expect(wayOf(graph, picked('1', '4').signals.slice(0, -1))).toEqual(picked('1', '3'))
    expect(picked('3')).toEqual({ ...NO_WAY, signals: ['3'] })
  })

  it('is the same as the corridor of the town with those signals; one that does not hang together is told of, and not drawn', () => {
    const [own] = streets.drawing.corridors
    expect(wayOfCorridor(streets.drawing, own!)).toEqual(picked(own!.intersections[0]!, own!.intersections.at(-1)!))
    expect(wayOfCorridor({ ...streets.drawing, links: [], movements: [] }, own!)).toEqual({ ...NO_WAY, signals: own!.intersections })
  })

  it('is called by the street that it runs along, else by its ends', () => {
    expect(suggestedName(streets, picked('2', '5'))).toBe('Nanhu Avenue')
    expect(suggestedName(streets, picked('2'))).toBe('')
    const nameless = readStreets({ ...streets.drawing, links: streets.drawing.links.map(({ name: _name, ...link }) => link), signals: streets.drawing.signals.map((signal) => (signal.id === '5' ? { ...signal, name: 'South Gate' } : { id: signal.id, at_m: signal.at_m })) })
    expect(suggestedName(nameless, picked('2', '5'))).toBe('2 / South Gate')
  })

  it('is added to those that are there under an id of its own, in whatever script its name is', () => {
    const first = withCorridor(scenario, 'Nanhu Avenue', ['1', '2'])
    expect(first.corridor).toEqual({ id: 'nanhu-avenue-2', name: 'Nanhu Avenue', intersections: ['1', '2'] })
    expect(withCorridor(first.scenario, 'Nanhu Avenue', ['2', '3']).corridor.id).toBe('nanhu-avenue-3')
    expect(withCorridor(scenario, '南湖大道', ['1', '2']).corridor.id).toBe('corridor')
    expect(withCorridor(scenario, 'Café  Straße 7!', ['1', '2']).corridor.id).toBe('cafe-stra-e-7')
    expect(scenario.scenario.corridors).toHaveLength(1)
  })
})
