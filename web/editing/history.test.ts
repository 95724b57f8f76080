import { describe, expect, it } from 'vitest'
import type { Plan } from '../../model/plan.ts'
import { applyEdits, type PlanEdit } from '../../plans/workflow/edits.ts'
import { arrived, beforeSteps, EMPTY, push, read, redo, resume, returned, send, undo, write, type History } from './history.ts'
import { Saver, type SavingState } from './saving.ts'

const offset = (was_s: number, becomes_s: number, signal = '1'): PlanEdit => ({ kind: 'offset', signal, was_s, becomes_s })

const planWith = (offsets: Record<string, number>): Plan => ({
  format: 'greenwave.plan/1', id: 'x', scenario: 's', corridor: 'c', period: 'p', cycle_s: 90, bands: [], losers: [],
  intersections: Object.entries(offsets).map(([signal, offset_s]) => ({ id: signal, source_id: signal, signal, kind: 'stages', cycle_s: 90, offset_s, offset_reference: 'sequence_start', coordinated: [], stages: [], signal_groups: [] })),
  certificate: { objective: 'band', value: 0, bound: 0, gap: 0, proven: false, method: '', sentence: '' }, provenance: { version: '', seed: 1, inputs: {}, objective: '', assumptions: [] },
})

const two: History = push(push(EMPTY, [offset(0, 5)]), [offset(5, 9), offset(0, 3, '2')])

describe('history of a plan that is edited', () => {
  it('undoes step by step back to the beginning and redoes to the end, before and after a reload', () => {
    const start = planWith({ 1: 0, 2: 0 })
    const end = applyEdits(start, two.pending)
    const back = undo(undo(read(write(two))))
    expect(back.pending).toEqual([])
    expect(beforeSteps(two, end).original).toEqual(start)
    const again = redo(redo(back))
    expect(applyEdits(start, again.pending)).toEqual(end)
    expect(redo(again)).toBe(again)
    expect(undo(back)).toBe(back)
  })

  it('forgets what was undone when something new is done, and takes a gesture that changes nothing for none', () => {
    expect(push(undo(two), [offset(5, 5)])).toEqual(undo(two))
    expect(push(undo(two), [offset(5, 7)]).undone).toEqual([])
  })

  it('sends the opposite of what is on its way instead of forgetting both', () => {
    const flying = send(push(EMPTY, [offset(0, 5)]), 1, 'word')
    const back = undo(flying)
    expect(back.pending).toEqual([offset(0, 5), offset(5, 0)])
    expect(arrived(back).pending).toEqual([offset(5, 0)])
    expect(undo(returned(flying)).pending).toEqual([])
  })

  it('lays what waits over the plan of the service, knows what had arrived unheard, and refuses what somebody else changed', () => {
    const flying = push(send(push(EMPTY, [offset(0, 5)]), 1, 'word'), [offset(5, 9)])
    expect(resume(flying, planWith({ 1: 0 })).document.intersections[0]!.offset_s).toBe(9)
    const heard = resume(flying, planWith({ 1: 5 }))
    expect(heard.document.intersections[0]!.offset_s).toBe(9)
    expect(heard.history.pending).toEqual([offset(5, 9)])
    expect(() => resume(flying, planWith({ 1: 40 }))).toThrow('offset of 1 is 40 s')
  })

  it('keeps as many of the newest steps as still fit a plan that somebody else changed', () => {
    const changed = applyEdits(planWith({ 1: 9, 2: 3 }), [])
    const mixed = push(push(EMPTY, [offset(70, 80)]), [offset(5, 9)])
    const { original, history } = beforeSteps(mixed, changed)
    expect(history.done).toHaveLength(1)
    expect(original.intersections[0]!.offset_s).toBe(5)
  })

  it('reads what is no history as an empty one', () => {
    for (const text of [null, '', '{"format":2}', '{"format":1,"done":3}']) expect(read(text)).toEqual(EMPTY)
  })
})

describe('saving', () => {
  function desk(answers: ('ok' | 'again' | 'stale' | 'refused')[], fits = true) {
    const shown: SavingState[] = []
    const later: (() => void)[] = []
    const desk = { waiting: [offset(0, 5)] as PlanEdit[], valid: true as boolean | undefined, sent: 0, shown, fits }
    const saver = new Saver({
      waiting: () => ({ edits: desk.waiting, valid: desk.valid }),
      send: async (edits) => {
        desk.sent++
        const answer = answers.shift()
        if (answer !== 'ok') throw answer
        desk.waiting = desk.waiting.slice(edits.length)
      },
      judge: (error) => error as 'again',
      reload: async () => desk.fits,
      show: (state) => { if (shown.at(-1) !== state) shown.push(state) },
      after: (_ms, run) => later.push(run),
    })
    const run = async (): Promise<void> => {
      while (later.length > 0) {
        later.shift()!()
        for (let i = 0; i < 20; i++) await Promise.resolve()
      }
    }
    return { desk, saver, run }
  }

  it('saves what waits once, and says so', async () => {
    const { desk: open, saver, run } = desk(['ok'])
    saver.changed()
    saver.changed()
    await run()
    expect(open.sent).toBe(1)
    expect(open.shown).toEqual(['saving', 'saved'])
  })

  it('never sends a plan with a fault, nor one of which nobody knows', async () => {
    const { desk: open, saver, run } = desk(['ok'])
    open.valid = false
    saver.changed()
    await run()
    open.valid = undefined
    saver.changed()
    await run()
    expect([open.sent, open.shown]).toEqual([0, ['invalid', 'saving']])
    open.valid = true
    saver.changed()
    await run()
    expect([open.sent, open.shown.at(-1)]).toEqual([1, 'saved'])
  })

  it('tries again when nobody answers, repeats itself over a newer plan, and stops where it is refused', async () => {
    const lost = desk(['again', 'ok'])
    lost.saver.changed()
    await lost.run()
    expect(lost.desk.shown).toEqual(['saving', 'offline', 'saved'])
    const stale = desk(['stale', 'ok'])
    stale.saver.changed()
    await stale.run()
    expect([stale.desk.sent, stale.desk.shown.at(-1)]).toEqual([2, 'saved'])
    const conflict = desk(['stale'], false)
    conflict.saver.changed()
    await conflict.run()
    expect([conflict.desk.sent, conflict.desk.shown.at(-1)]).toEqual([1, 'refused'])
    const forbidden = desk(['refused'])
    forbidden.saver.changed()
    await forbidden.run()
    expect(forbidden.desk.shown.at(-1)).toBe('refused')
  })
})
