import { describe, expect, it } from 'vitest'
import { RoadGraph } from '../../model/road-graph.ts'
import { demoTown } from '../../api/demo/town.ts'
import { uniform } from '../../simulation/kernel/random.ts'
import { bestQuarter, DayCourseSums, halfAnHourLater, persistenceOf, QUARTERS, usualCourse, type DayCourse } from './course.ts'
import { detourAround } from './detour.ts'
import { street } from './testing.ts'

/** Two peaks, and a deviation that decays by a tenth each quarter, pushed by chance. */
function madeUpDay(day: number): DayCourse {
  let off = 0
  const gauss = (quarter: number): number => [1, 2, 3, 4, 5, 6].reduce((sum, purpose) => sum + uniform(5, day, quarter, purpose) - 0.5, 0)
  return new Map([['out', Float64Array.from({ length: QUARTERS }, (_, quarter) => {
    off = 0.9 * off + 0.08 * gauss(quarter)
    return (300 + 240 * Math.exp(-(((quarter - 70) / 6) ** 2))) * Math.exp(off)
  })]])
}

describe('the usual course of a day', () => {
  const days = Array.from({ length: 10 }, (_, day) => madeUpDay(day))

  it('holds four fifths of days that it has not seen within its range half an hour ahead', () => {
    const [usual, persistence] = [usualCourse(days, 'out'), persistenceOf(days, 'out')]
    expect(persistence!.share).toBeGreaterThan(0.6)
    let [inside, all] = [0, 0]
    for (let day = 100; day < 160; day++) {
      const truth = madeUpDay(day).get('out')!
      for (let quarter = 0; quarter + 2 < QUARTERS; quarter++) {
        const { low_s, high_s } = halfAnHourLater(usual, persistence, quarter, truth[quarter]!)!
        if (truth[quarter + 2]! >= low_s && truth[quarter + 2]! <= high_s) inside++
        all++
      }
    }
    expect(inside / all).toBeGreaterThan(0.75)
    expect(inside / all).toBeLessThan(0.85)
  })

  it('says nothing with two days, without a time of now, or where fewer than five vehicles were seen', () => {
    expect(usualCourse(days.slice(0, 2), 'out').every((one) => one === undefined)).toBe(true)
    expect(halfAnHourLater(usualCourse(days, 'out'), persistenceOf(days, 'out'), 30, null)).toBeUndefined()
    const sums = new DayCourseSums(street, [{ id: 'west', links: ['a', 'b'] }], 0)
    sums.add([{ link: 'a', time_s: 60, vehicles: 6, speed_mps: 10 }, { link: 'b', time_s: 0, vehicles: 4, speed_mps: 10 }])
    expect(sums.course().get('west')![0]).toBeNaN()
    sums.add([{ link: 'b', time_s: 840, vehicles: 4, speed_mps: 10 }])
    expect(sums.course().get('west')![0]).toBeCloseTo(60, 6)
  })

  it('names a later quarter only where leaving then saves a tenth', () => {
    const usual = usualCourse(days, 'out')
    const best = bestQuarter(usual, 70)!
    expect(best.quarter).toBeGreaterThan(74)
    expect(best.saves_s).toBeGreaterThan(100)
    expect(bestQuarter(usual, 10, 4)).toBeUndefined()
  })
})

describe('a way around a closure', () => {
  const { network, scenario } = demoTown('Asia/Shanghai')
  const graph = new RoadGraph(network)
  const between = (from: string, to: string) => network.links.find((link) => link.from === from && link.to === to)!

  it('leads over other streets to where one would have come out, and never over what is closed', () => {
    const [first, second] = scenario.corridors[1]!.intersections.slice(1, 3)
    const closed = between(first!, second!).id
    const detour = detourAround(graph, [closed], (id) => graph.getLink(id).length_m / graph.getLink(id).speed_mps)!
    expect(detour.streets.length).toBeGreaterThan(2)
    expect(detour.travel_time_s).toBeGreaterThan(graph.getLink(closed).length_m / graph.getLink(closed).speed_mps)
  })

  it('is none where there is none', () => {
    expect(detourAround(new RoadGraph(street), ['b'], () => 1)).toBeUndefined()
  })
})
