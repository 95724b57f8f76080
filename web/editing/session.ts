// A plan while it is worked on: what is shown, what was changed, and that it is kept. One session for each plan, shared by all views of it.
import { batch, computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import { compileSignal } from '../../model/compile.ts'
import { resolveCorridor, type ResolvedCorridor } from '../../model/corridor.ts'
import type { PairedDifference } from '../../model/evaluation.ts'
import type { Plan } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import { getCorridor, patternOf } from '../../plans/street.ts'
import { deriveDocument } from '../../plans/workflow/derived.ts'
import { applyEdits, undoOf, type PlanEdit } from '../../plans/workflow/edits.ts'
import { openEngine } from '../engine/client.ts'
import type { Engine, Preview } from '../engine/protocol.ts'
import { type Answer, ask, Refused } from '../service/service.ts'
import { may } from '../shell/session.ts'
import * as past from './history.ts'
import { Saver, type SavingState } from './saving.ts'

/** A plan as the service answers, its document read; times are RFC 3339. */
export type PlanRecord = Omit<Answer<'GET /plans/{plan}'>, 'document' | 'evaluation'> & { document: Plan; evaluation?: { runs: number; differences: PairedDifference[] } }

export interface EditingSession {
  readonly record: ReadonlySignal<PlanRecord>
  readonly scenario: Scenario
  readonly graph: RoadGraph
  readonly corridor: ResolvedCorridor
  /** Before the first step that undo can take back: the ghost, and what every figure is compared with. */
  readonly original: Plan
  /** With what is being dragged. Green windows are compiled; bands are those of `preview`. */
  readonly document: ReadonlySignal<Plan>
  /** Of the document or one of a moment ago. */
  readonly preview: ReadonlySignal<Preview | undefined>
  readonly state: ReadonlySignal<SavingState>
  /** Why the state is not a good one, in the service's words or the rule's. */
  readonly trouble: ReadonlySignal<string | undefined>
  readonly canUndo: ReadonlySignal<boolean>
  readonly canRedo: ReadonlySignal<boolean>
  readonly engine: Engine
  /** Shown, not kept; an empty list gives up. */
  trial(edits: readonly PlanEdit[]): void
  /** One step of undo; without edits what is being tried. */
  commit(edits?: readonly PlanEdit[]): void
  undo(): void
  redo(): void
  /** Reads the plan anew, for example after a job has taken it a stage on. */
  refresh(): Promise<void>
  close(): void
}

const keyOf = (plan: string): string => `greenwave.history.${plan}`

function keep(plan: string, history: past.History): void {
  try {
    if (history === past.EMPTY) localStorage.removeItem(keyOf(plan))
    else localStorage.setItem(keyOf(plan), past.write(history))
  } catch {
    // A full or forbidden storage costs undo after a reload, not the work.
  }
}

/** Windows of those signals that differ from before, compiled from their patterns. A pattern that doesn't compile keeps the old ones: its fault is told. */
function compileChanged(graph: RoadGraph, before: Plan, after: Plan): Plan {
  const known = new Map(before.intersections.map((one) => [one.signal, one]))
  return { ...after, intersections: after.intersections.map((one) => {
    if (known.get(one.signal) === one) return one
    try {
      return { ...one, signal_groups: compileSignal(graph.getSignal(one.signal), patternOf(one)).groups }
    } catch {
      return one
    }
  }) }
}

const sentenceOf = (error: unknown): string | undefined => (error instanceof Error ? error.message : undefined)

function judge(error: unknown): 'again' | 'stale' | 'refused' {
  if (!(error instanceof Refused)) return error instanceof TypeError ? 'again' : 'refused'
  if (error.status === 412) return 'stale'
  return error.status === 429 || error.status >= 500 ? 'again' : 'refused'
}

/** Throws `Refused` for a plan that there is not or that one may not see. */
export async function openSession(plan: string): Promise<EditingSession> {
  const first = await ask<PlanRecord>(`/plans/${encodeURIComponent(plan)}`)
  const scenario = await ask<Scenario>(`/networks/${encodeURIComponent(first.network)}/scenario?version=${first.network_version}`)
  const graph = new RoadGraph(scenario.network)
  const own = getCorridor(scenario.scenario, first.corridor)
  const kept = past.read(localStorage.getItem(keyOf(plan)))

  const record = signal(first)
  const state = signal<SavingState>('saved')
  const trouble = signal<string | undefined>(undefined)
  let history = kept
  let saved = first.document
  try {
    const resumed = past.resume(kept, first.document)
    history = resumed.history
    saved = compileChanged(graph, first.document, resumed.document)
  } catch (error) {
    history = past.EMPTY
    trouble.value = sentenceOf(error)
  }
  const before = past.beforeSteps(history, saved)
  history = before.history
  const original = history.done.length === 0 ? saved : deriveDocument(graph, own, before.original)

  const base = signal(saved)
  const tried = signal<readonly PlanEdit[]>([])
  const document = computed(() => (tried.value.length === 0 ? base.value : compileChanged(graph, base.value, applyEdits(base.value, tried.value))))
  const steps = signal({ done: history.done.length, undone: history.undone.length })
  const engine = await openEngine({ scenario, corridor: own.id, period: first.period, original })
  const preview = signal<Preview | undefined>(undefined)
  let previewed: Plan | undefined

  const remember = (next: past.History): void => {
    history = next
    keep(record.value.id, next)
    steps.value = { done: next.done.length, undone: next.undone.length }
  }

  const reload = async (): Promise<boolean> => {
    const now = await ask<PlanRecord>(`/plans/${encodeURIComponent(record.value.id)}`)
    return batch(() => {
      record.value = now
      tried.value = []
      try {
        const resumed = past.resume(history, now.document)
        base.value = compileChanged(graph, now.document, resumed.document)
        remember(resumed.history)
        return true
      } catch (error) {
        base.value = now.document
        remember(past.EMPTY)
        trouble.value = sentenceOf(error)
        return false
      }
    })
  }

  const saver = new Saver({
    waiting: () => ({ edits: history.pending, valid: previewed === base.value ? preview.value?.faults.length === 0 : undefined }),
    send: async (edits) => {
      const from = record.value
      if (history.sending === undefined) remember(past.send(history, edits.length, crypto.randomUUID()))
      const { count, once } = history.sending!
      try {
        const answer = await ask<PlanRecord>(`/plans/${encodeURIComponent(from.id)}/edits`, 'POST', { edits: history.pending.slice(0, count) }, { version: from.version, once })
        const moved = answer.id !== from.id
        // The old plan stays as it is and so does what was done to it before this page.
        if (moved) {
          keep(from.id, kept.pending.length > 0 ? past.EMPTY : kept)
          sessions.set(answer.id, sessions.get(from.id)!)
          sessions.delete(from.id)
        }
        batch(() => {
          record.value = answer
          trouble.value = undefined
          remember(past.arrived(history))
        })
      } catch (error) {
        if (judge(error) !== 'again') remember(past.returned(history))
        throw error
      }
    },
    judge,
    reload,
    show: (now, error) => batch(() => {
      state.value = now
      if (now === 'saved' || now === 'saving') trouble.value = undefined
      else if (error !== undefined && judge(error) !== 'stale') trouble.value = sentenceOf(error)
    }),
    after: (ms, run) => void setTimeout(run, ms),
  })

  const stop = effect(() => {
    const shown = document.value
    void engine.preview({ document: shown }).then((told) => {
      if (told === undefined) return
      previewed = shown
      preview.value = told
      if (shown === base.peek()) saver.changed()
    }).catch((error: unknown) => { trouble.value = sentenceOf(error) })
  })

  /** Lays a step over what is kept; a step that does not fit any more is told and not taken. */
  const lay = (edits: readonly PlanEdit[], next: past.History): void => {
    // Others may try what they like; the service would take nothing of it.
    if (!may('engineer')) {
      tried.value = []
      return
    }
    try {
      const after = compileChanged(graph, base.value, applyEdits(base.value, edits))
      batch(() => {
        base.value = after
        tried.value = []
        remember(next)
        // Until the rules are known nothing is sent, but from here on it is not what the service has.
        if (next.pending.length > 0) state.value = 'saving'
      })
    } catch (error) {
      batch(() => {
        tried.value = []
        trouble.value = sentenceOf(error)
      })
    }
  }

  return {
    record, scenario, graph, corridor: resolveCorridor(graph, own), original, document, preview, state, trouble, engine,
    canUndo: computed(() => steps.value.done > 0), canRedo: computed(() => steps.value.undone > 0),
    trial: (edits) => {
      try {
        applyEdits(base.value, edits)
        tried.value = edits
      } catch {
        tried.value = []
      }
    },
    commit: (edits = tried.value) => lay(edits, past.push(history, edits)),
    undo: () => { if (history.done.length > 0) lay(undoOf(history.done.at(-1)!), past.undo(history)) },
    redo: () => { if (history.undone.length > 0) lay(history.undone.at(-1)!, past.redo(history)) },
    refresh: async () => { await reload() },
    close: () => {
      stop()
      engine.close()
    },
  }
}

const sessions = new Map<string, Promise<EditingSession>>()
/** Each holds a network and a thread. */
const MOST_SESSIONS = 3

function sessionOf(plan: string): Promise<EditingSession> {
  const known = sessions.get(plan)
  if (known !== undefined) return known
  const opened = openSession(plan)
  sessions.set(plan, opened)
  opened.catch(() => sessions.delete(plan))
  for (const [id, old] of [...sessions].slice(0, -MOST_SESSIONS)) {
    sessions.delete(id)
    void old.then((session) => session.close())
  }
  return opened
}

/** The session of a plan; `moved` hears the id of the draft that the first change of somebody else's plan makes. */
export function useSession(plan: string | undefined, moved: (plan: string) => void): { session?: EditingSession; trouble?: unknown } {
  const [known, setKnown] = useState<{ plan?: string; session?: EditingSession; trouble?: unknown }>({})
  useEffect(() => {
    let gone = false
    if (plan === undefined) return
    sessionOf(plan).then((session) => { if (!gone) setKnown({ plan, session }) }, (trouble: unknown) => { if (!gone) setKnown({ plan, trouble }) })
    return () => { gone = true }
  }, [plan])
  const { session } = known
  useEffect(() => (session === undefined ? undefined : effect(() => { if (session.record.value.id !== plan && known.plan === plan && plan !== undefined) moved(session.record.value.id) })), [session, plan])
  return known.plan === plan || (session !== undefined && session.record.value.id === plan) ? known : {}
}
