// What was changed by hand, step by step: undo and redo without limit, what the service does not know yet, and how that is kept over a reload.
// Pure: values in, values out. Seconds; a step is the row of commands that one gesture made.
import { applyEdits, inverseOf, undoOf, type PlanEdit } from '../../plans/workflow/edits.ts'
import type { Plan } from '../../model/plan.ts'

export interface History {
  /** Oldest first; the last is what undo takes back. */
  done: readonly (readonly PlanEdit[])[]
  /** What redo brings back; the last first. */
  undone: readonly (readonly PlanEdit[])[]
  /** In order: what leads from the document that the service has to the one on the screen. */
  pending: readonly PlanEdit[]
  /** The first so many of `pending` are on their way under this word: whether they arrived may never be heard, so they are sent again as they were. */
  sending?: { count: number; once: string }
}

export const EMPTY: History = { done: [], undone: [], pending: [] }

/** Commands that change nothing are left out; a gesture of only those is no step. */
export function push(history: History, edits: readonly PlanEdit[]): History {
  const step = edits.filter((edit) => JSON.stringify(edit) !== JSON.stringify(inverseOf(edit)))
  if (step.length === 0) return history
  return { ...history, done: [...history.done, step], undone: [], pending: queue(history, step) }
}

export function undo(history: History): History {
  const step = history.done.at(-1)
  if (step === undefined) return history
  return { ...history, done: history.done.slice(0, -1), undone: [...history.undone, step], pending: queue(history, undoOf(step)) }
}

export function redo(history: History): History {
  const step = history.undone.at(-1)
  if (step === undefined) return history
  return { ...history, done: [...history.done, step], undone: history.undone.slice(0, -1), pending: queue(history, step) }
}

/** What takes back the newest command that waits need not be sent at all. */
function queue({ pending, sending }: History, step: readonly PlanEdit[]): PlanEdit[] {
  const open = [...pending]
  for (const edit of step) {
    const last = open.at(-1)
    if (last !== undefined && open.length > (sending?.count ?? 0) && JSON.stringify(inverseOf(last)) === JSON.stringify(edit)) open.pop()
    else open.push(edit)
  }
  return open
}

export const send = (history: History, count: number, once: string): History => ({ ...history, sending: { count, once } })

/** What was on its way has arrived. */
export const arrived = ({ sending, ...history }: History): History => ({ ...history, pending: history.pending.slice(sending?.count ?? 0) })

/** What was on its way was refused as a whole: it waits again. */
export const returned = ({ done, undone, pending }: History): History => ({ done, undone, pending })

/**
 * Lays what waits over the document that the service has. Where what was on its way has arrived meanwhile, only the rest is laid over it.
 * Throws `store.conflict` with the value that somebody else has changed.
 */
export function resume(history: History, document: Plan): { document: Plan; history: History } {
  try {
    return { document: applyEdits(document, history.pending), history }
  } catch (error) {
    if (history.sending === undefined) throw error
    const rest = arrived(history)
    return { document: applyEdits(document, rest.pending), history: rest }
  }
}

/**
 * The document before all steps. Where somebody else has changed the plan meanwhile, as many of the newest steps are taken back as still fit,
 * and the history that remains is of them alone.
 */
export function beforeSteps(history: History, document: Plan): { original: Plan; history: History } {
  let original = document
  let kept = 0
  for (const step of history.done.toReversed()) {
    try {
      original = applyEdits(original, undoOf(step))
    } catch {
      break
    }
    kept++
  }
  return kept === history.done.length ? { original, history } : { original, history: { ...history, done: history.done.slice(history.done.length - kept) } }
}

interface Kept extends History { format: 1 }

export const write = (history: History): string => JSON.stringify({ format: 1, ...history } satisfies Kept)

/** What is not one, for example of another version of the page, is an empty one. */
export function read(text: string | null): History {
  if (text === null) return EMPTY
  try {
    const { format, ...history } = JSON.parse(text) as Kept
    return format === 1 && [history.done, history.undone, history.pending].every(Array.isArray) ? history : EMPTY
  } catch {
    return EMPTY
  }
}
