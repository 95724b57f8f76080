import { expect, it } from 'vitest'
import { diagnoseRoad, type RoadEvidence } from './road.ts'

const road = (own: Partial<RoadEvidence> = {}): RoadEvidence => ({
  head: 'in', name: 'Mill Street', lanes: 3, beyond: { link: 'out', name: 'Mill Bridge', lanes: 2, from: [{ link: 'in', name: 'Mill Street', lanes: 3, volume_vph: 3400 }] }, incident: false, grade: 'C', ...own,
})

it('finds a lane drop, and is surer where the volume exceeds the lanes beyond', () => {
  const [found] = diagnoseRoad(road())
  expect(found).toMatchObject({ cause: 'lane-drop', treatment: { kind: 'add-lane', link: 'out', lanes: 3, from_lanes: 2 } })
  const unmeasured = diagnoseRoad(road({ beyond: { ...road().beyond!, from: [{ link: 'in', name: 'Mill Street', lanes: 3, volume_vph: undefined }] } }))[0]!
  expect(unmeasured.confidence).toBeLessThan(found!.confidence)
  expect(diagnoseRoad(road({ lanes: 2 }))).toEqual([])
})

it('finds a merge and names the smaller stream', () => {
  const from = [{ link: 'in', name: 'Mill Street', lanes: 2, volume_vph: 2600 }, { link: 'ramp', name: 'the ramp', lanes: 1, volume_vph: 700 }]
  const [found] = diagnoseRoad(road({ lanes: 2, beyond: { ...road().beyond!, from } }))
  expect(found).toMatchObject({ cause: 'merge', treatment: { kind: 'merge-control', link: 'out', joining: 'ramp' } })
  expect(found!.sentence).toContain('3 lanes come together in 2 of Mill Bridge: let the ramp join')
})

it('tells an incident before the road, and says nothing where nothing is known beyond', () => {
  expect(diagnoseRoad(road({ incident: true })).map(({ cause }) => cause)).toEqual(['incident', 'lane-drop'])
  const { beyond: _beyond, ...edge } = road()
  expect(diagnoseRoad(edge)).toEqual([])
})
