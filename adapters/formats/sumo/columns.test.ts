import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSignal } from '../../../model/compile.ts'
import { plainState } from './columns.ts'
import { letterAt } from './display.ts'
import type { SumoProgram } from './net-document.ts'
import { Notes } from './notes.ts'
import { deriveSignal } from './signal-from-programs.ts'
import type { SignalInput } from './signal-from-programs.ts'

const input = (links: number): SignalInput => ({
  id: 'T', nodes: ['n'], foes: () => false,
  links: Array.from({ length: links }, (_, index) => ({ index, kind: 'vehicle', approach: `a${index % 2}`, paths: [`p${index}`] })),
})

const program = (id: string, phases: readonly (readonly [duration: number, state: string])[], offset = 0): SumoProgram => ({
  tl: 'T', id, type: 'static', offset, place: {}, phases: phases.map(([duration, state]) => ({ duration, state, place: {} })),
})

/** What our model shows, letter by letter, in the middle of every half second, against the program. */
function expectSame(programs: readonly SumoProgram[]): void {
  const links = programs[0]?.phases[0]?.state.length ?? 0
  const derived = deriveSignal(input(links), programs, new Notes())
  for (const one of programs) {
    const pattern = derived.patterns.get(one.id) ?? expect.fail('a program is missing')
    const compiled = compileSignal(derived.signal, pattern)
    let start = one.offset
    for (const { duration, state } of one.phases) {
      for (let t = start + 0.25; t < start + duration; t += 0.5) {
        const shown = Array.from({ length: links }, (_, i) => letterAt(compiled, { groups: derived.links.get(i) ?? [], rest: 'r' }, t)).join('')
        expect(shown, `program ${one.id} at ${t}`).toBe(plainState(state))
      }
      start += duration
    }
  }
}

/** One link: red, green of either sort, yellow only after a green. */
const column = (length: number) => fc.array(fc.constantFrom('G', 'g', 'r', 'y'), { minLength: length, maxLength: length }).map((letters) => {
  const settled = [...letters]
  // Twice around, because the first phase follows the last.
  for (let round = 0; round < 2; round++) {
    settled.forEach((letter, i) => {
      if (letter === 'y' && settled.at(i - 1) === 'r') settled[i] = 'r'
    })
  }
  return settled.every((letter) => letter === 'y') ? settled.map(() => 'r') : settled
})

const programOf = (links: number) => fc.integer({ min: 1, max: 7 }).chain((phases) =>
  fc.tuple(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: phases, maxLength: phases }), fc.array(column(phases), { minLength: links, maxLength: links }), fc.integer({ min: 0, max: 40 })))

describe('groups from columns', () => {
  it('show exactly what any program shows, however its yellows differ', () => {
    const runs = fc.check(fc.property(fc.array(programOf(4), { minLength: 1, maxLength: 3 }), (several) => {
      expectSame(several.map(([durations, columns, offset], p) =>
        program(`p${p}`, durations.map((duration, i) => [duration, columns.map((letters) => letters[i]).join('')] as const), offset)))
    }), { seed: 7, numRuns: 300 })
    expect(runs.counterexample).toBeNull()
  })

  it('join links of one approach that always do the same, and no others', () => {
    const phases = [[30, 'GrGr'], [3, 'yryr'], [20, 'rGrG'], [3, 'ryry']] as const
    expect(deriveSignal(input(4), [program('0', phases)], new Notes()).signal.groups.map((group) => group.source_id)).toEqual(['T:0,2', 'T:1,3'])
  })

  it('give a left turn that runs with its through the through group, permissive', () => {
    const { links } = deriveSignal(input(3), [program('0', [[30, 'Grg'], [3, 'yry'], [20, 'rGr'], [3, 'ryr']])], new Notes())
    expect(links.get(2)).toEqual([{ group: links.get(0)?.[0]?.group, right_of_way: 'permissive' }])
  })

  it('give a protected-permissive left two groups', () => {
    const { links } = deriveSignal(input(2), [program('0', [[30, 'Gg'], [3, 'yg'], [6, 'rG'], [3, 'ry']])], new Notes())
    expect(links.get(1)?.map(({ right_of_way }) => right_of_way)).toEqual(['protected', 'permissive'])
  })

  it('keep a link that never turns green under control of the signal', () => {
    const { links, signal } = deriveSignal(input(2), [program('0', [[30, 'Gr'], [3, 'yr']])], new Notes())
    expect(links.get(1)).toHaveLength(1)
    expect(signal.groups).toHaveLength(2)
  })

  it('read a green arrow as a turn on red, a light that is off as green, and say so', () => {
    const notes = new Notes()
    const derived = deriveSignal(input(3), [program('0', [[30, 'GsO'], [3, 'ysO'], [10, 'uGO']])], notes)
    expect([...derived.turnOnRed]).toEqual([1])
    expect(derived.links.get(2)?.[0]?.right_of_way).toBe('protected')
    expect(notes.list().map(({ message }) => message).join()).toMatch(/green arrow.*off in some phases|off in some phases.*green arrow/s)
  })
})
