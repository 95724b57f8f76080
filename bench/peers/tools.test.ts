import { describe, expect, it } from 'vitest'
import { percentile, summarise } from './measure.ts'
import { countBroken, keepMinimums } from './minimums.ts'
import { cycleOf, programsFile, readPrograms, stretched } from './programs.ts'

const PROGRAMS = `<additional>
<tlLogic id="a" type="static" programID="x" offset="7.5">
  <phase duration="20" state="GGrr"/><phase duration="3" state="yyrr"/><phase duration="9" state="rrGg"/><phase duration="3" state="rryy"/>
</tlLogic>
</additional>`

describe('programs of the tools', () => {
  const program = readPrograms(PROGRAMS).get('a')!

  it('are read with offset and phases, and written as they were read', () => {
    expect(program).toEqual({ offset_s: 7.5, phases: [{ duration_s: 20, state: 'GGrr' }, { duration_s: 3, state: 'yyrr' }, { duration_s: 9, state: 'rrGg' }, { duration_s: 3, state: 'rryy' }] })
    expect(readPrograms(programsFile(new Map([['a', program]]), 'peer')).get('a')).toEqual(program)
  })

  it('are lengthened at the longest green alone', () => {
    const longer = stretched(program, 40)
    expect(cycleOf(longer)).toBe(40)
    expect(longer.phases.map(({ duration_s }) => duration_s)).toEqual([25, 3, 9, 3])
  })

  it('owe each group its least green, over all phases in a row that give it', () => {
    const minimums = [{ group: 'main', links: [0, 1], least_s: 20 }, { group: 'side', links: [2], least_s: 14 }, { group: 'never', links: [9], least_s: 30 }]
    expect(countBroken(program, minimums)).toBe(1)
    const kept = keepMinimums(program, minimums)
    expect(kept.phases.map(({ duration_s }) => duration_s)).toEqual([20, 3, 14, 3])
    expect(countBroken(kept, minimums)).toBe(0)
    const turned = { offset_s: 0, phases: [{ duration_s: 5, state: 'Gr' }, { duration_s: 3, state: 'yr' }, { duration_s: 20, state: 'rG' }, { duration_s: 4, state: 'Gy' }] }
    expect(keepMinimums(turned, [{ group: 'around the end', links: [0], least_s: 12 }]).phases.map(({ duration_s }) => duration_s)).toEqual([8, 3, 20, 4])
  })
})

describe('figures of a run', () => {
  const tripinfo = `<tripinfos>
    <tripinfo id="0" depart="5.00" departDelay="2.00" arrival="90.00" waitingTime="30.00" waitingCount="2" timeLoss="40.00"/>
    <tripinfo id="1" depart="6.00" departDelay="0.00" arrival="-1.00" waitingTime="500.00" waitingCount="4" timeLoss="600.00"/>
    <tripinfo id="2" depart="-1.00" departDelay="900.00" arrival="-1.00" waitingTime="0.00" waitingCount="0" timeLoss="0.00"/>
  </tripinfos>`

  it('are over all vehicles, those under way and those that never entered included', () => {
    expect(summarise(tripinfo, { side: [true, false, false] })).toEqual({ vehicles: 3, unfinished: 2, delay_s: (42 + 600 + 900) / 3, stops: 2, side_p95_s: 32 })
  })

  it('name as 95th percentile the least value that 95 % do not exceed', () => {
    expect(percentile(Array.from({ length: 100 }, (_, i) => 100 - i), 0.95)).toBe(95)
    expect(percentile([3], 0.95)).toBe(3)
    expect(percentile([], 0.95)).toBeNaN()
  })
})
