// What lies under the pointer: what is drawn there, as far as a finger is wide.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { streetDrawing } from '../../diagram/street-drawing.ts'
import type { Scenario } from '../../model/scenario.ts'
import { hitAt } from './hit.ts'
import { NO_WAY, streetAside, type MapScene } from './scene.ts'
import { readStreets } from './streets.ts'

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../scenarios/nanhu-avenue/${name}.json`, import.meta.url), 'utf8'))
const streets = readStreets({ ...streetDrawing({ scenario: read('scenario'), network: read('network') } as Scenario), version: 1 })

describe('what lies under the pointer', () => {
  const scene = (more: Partial<MapScene> = {}): MapScene => ({ streets, theme: 'now', classes: new Map(), old: new Set(), turns: [], signals: [], places: [], way: NO_WAY, marked: {}, ...more })
  const { at_m } = streets.signals.get('3')!

  it('is a signal before all else, as far as a finger is wide on the screen', () => {
    for (const scale of [0.1, 1, 8]) {
      expect(hitAt(scene(), [at_m[0] + 12 / scale, at_m[1]], scale)).toEqual({ signal: '3' })
      expect(hitAt(scene(), [at_m[0], at_m[1] + 14 / scale], scale)?.signal).toBeUndefined()
    }
  })

  it('is the carriageway on the side where it is drawn', () => {
    const scale = 0.15
    for (const link of streets.drawing.links.filter(({ length_m }) => length_m > 250)) {
      const [[ax, ay], [bx, by]] = [link.points_m[0]!, link.points_m.at(-1)!]
      const length = Math.hypot(bx - ax, by - ay)
      const away = (streetAside(link.lanes, scale) + 1) / scale
      const [x, y] = [(ax + bx) / 2 + ((by - ay) / length) * away, (ay + by) / 2 - ((bx - ax) / length) * away]
      expect(hitAt(scene(), [x, y], scale)).toEqual({ link: link.id })
    }
  })

  it('is a turn where turns are shown, and nothing on bare land', () => {
    const movement = streets.movements.find(({ points_m }) => points_m !== undefined)!
    const points_m = movement.points_m!
    const middle = points_m[Math.floor(points_m.length / 2)]!
    const turns = [{ movement, points_m, level: 2 }]
    expect(hitAt(scene({ theme: 'movements', turns }), middle, 6)).toEqual({ movement: movement.id })
    expect(hitAt(scene({ turns }), middle, 6)?.movement).toBeUndefined()
    expect(hitAt(scene(), [streets.box.high[0] + 5000, streets.box.high[1] + 5000], 1)).toBeUndefined()
  })

  it('is the number of a place where it is painted: above its place', () => {
    const place = { id: 'p', kind: 'treatment' as const, number: 1, links: [], at_m }
    for (const scale of [0.1, 2]) {
      expect(hitAt(scene({ places: [place] }), [at_m[0], at_m[1] + 16 / scale], scale)).toEqual({ place })
      expect(hitAt(scene({ places: [place] }), at_m, scale)).toEqual({ signal: '3' })
      expect(hitAt(scene({ places: [place] }), [at_m[0], at_m[1] + 27 / scale], scale)?.place).toBeUndefined()
    }
  })
})
