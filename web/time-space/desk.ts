// What the editor knows beside the plan: where one looks, what is selected, what is held. Signals only; components and canvas read them.
import { batch, computed, effect, signal } from '@preact/signals'
import { readView, writeView, type View } from '../../diagram/view.ts'
import type { EditorScene } from '../../diagram/editor-scene.ts'
import type { Plan } from '../../model/plan.ts'
import type { SignalId } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { distanceAxis } from '../../diagram/distance-axis.ts'
import { intersectionOf } from '../editing/moves.ts'
import type { EditingSession } from '../editing/session.ts'
import { cursor } from '../shell/cursor.ts'
import { look, query } from '../shell/location.ts'
import { move, type Modifiers, type Moved, type Target } from './gestures.ts'
import { commonCycle, sceneOfPlan, streetOf } from './scene-of.ts'

export const HANDLES = ['offset', 'split', 'outbound', 'inbound', 'cycle'] as const
export type Handle = (typeof HANDLES)[number]

const flag = (name: string) => computed(() => query.value.get(name) === '1')
const choice = <T extends string>(name: string, all: readonly T[], usual: T) => computed((): T => all.find((one) => one === query.value.get(name)) ?? usual)

/** How the diagram is looked at; all of it stands in the address. */
export const shown = {
  swapped: flag('swap'),
  equal: flag('equal'),
  folded: flag('fold'),
  pedestrians: flag('walks'),
  noQueues: flag('noqueues'),
  bands: choice('bands', ['both', 'whole', 'link', 'none'], 'both'),
  vehicles: choice('vehicles', ['none', 'theoretical', 'simulated', 'observed'], 'none'),
  /** Of which measured vehicles are shown; the newest one that was measured where none is named. */
  day: computed(() => query.value.get('day') ?? undefined),
  colour: choice('colour', ['stops', 'speed', 'source'], 'stops'),
  source: choice('source', ['proposed', 'running', 'as-run'], 'proposed'),
  beside: choice('beside', ['none', 'split', 'difference'], 'none'),
}
export const toggle = (name: string, on: boolean): void => look({ [name]: on ? '1' : undefined })
export const choose = (name: string, value: string, usual: string): void => look({ [name]: value === usual ? undefined : value })

/** A row of key presses on the same thing is one step of undo when it rests so long. */
const REST_MS = 700
const SETTLED_MS = 350

export type Desk = ReturnType<typeof openDesk>

/** Where the phases or stages of a signal are edited, in the same session. */
export const timingAddress = ({ session }: { session: EditingSession }, signal: string): string => `/plans/${encodeURIComponent(session.record.value.id)}/signals/${encodeURIComponent(signal)}`

export function openDesk(session: EditingSession) {
  const street = streetOf(session)
  const scene = computed(() => sceneOfPlan(street, session.document.value, session.preview.value))
  const ghost = sceneOfPlan(street, session.original, undefined)
  const axis = computed(() => distanceAxis(ghost.stations.map(({ position_m }) => position_m), shown.equal.value))
  const period = session.scenario.scenario.periods.find(({ id }) => id === session.original.period)

  const extent = computed((): [number, number] => [axis.value.drawn(ghost.extent_m[0]), axis.value.drawn(ghost.extent_m[1])])
  /** Two cycles at least, and as long as it takes to drive through. */
  const home = (): View => {
    const cycle_s = commonCycle(session.document.value) ?? 90
    const links = session.document.value.bands[0]?.links ?? []
    const drive_s = links.reduce((sum, { travel_time_s }) => sum + travel_time_s, 0)
    const from_s = Math.ceil((period?.start_s ?? 0) / cycle_s) * cycle_s - 5
    return { from_s, to_s: from_s + 10 + Math.max(2 * cycle_s, drive_s + cycle_s), low_m: extent.value[0], high_m: extent.value[1] }
  }

  /** A link may lead to a time of the day at a signal. */
  const asked = { time_s: Number(query.value.get('t') ?? Number.NaN), signal: ghost.stations.find(({ signal }) => signal === query.value.get('signal'))?.signal }
  const around = (time_s: number): View => {
    const { from_s, to_s, low_m, high_m } = home()
    return { from_s: time_s - (to_s - from_s) / 2, to_s: time_s + (to_s - from_s) / 2, low_m, high_m }
  }
  const view = signal<View>(readView(query.value.get('view')) ?? (Number.isFinite(asked.time_s) ? around(asked.time_s) : home()))
  const trail = signal<{ back: View[]; forward: View[] }>({ back: [], forward: [] })
  const moving = signal(false)
  let rested = view.value
  let timer: ReturnType<typeof setTimeout> | undefined
  const settle = (): void => {
    moving.value = false
    if (rested !== view.value) trail.value = { back: [...trail.value.back, rested].slice(-100), forward: [] }
    rested = view.value
    look({ view: writeView(view.value), t: undefined })
  }
  /** A view of a gesture; where it rests it becomes a step of the trail. */
  const setView = (next: View, rests = false): void => {
    batch(() => {
      view.value = next
      moving.value = !rests
    })
    clearTimeout(timer)
    if (rests) settle()
    else timer = setTimeout(settle, SETTLED_MS)
  }
  const step = (which: 'back' | 'forward'): void => {
    const next = trail.value[which].at(-1)
    if (next === undefined) return
    const other = which === 'back' ? 'forward' : 'back'
    trail.value = { ...trail.value, [which]: trail.value[which].slice(0, -1), [other]: [...trail.value[other], view.value] }
    rested = next
    view.value = next
    look({ view: writeView(next), t: undefined })
  }

  const focused = signal<{ signal: SignalId; handle: Handle } | undefined>(asked.signal === undefined ? undefined : { signal: asked.signal, handle: 'offset' })
  const selected = signal<ReadonlySet<SignalId>>(new Set())
  const base = signal<SignalId | undefined>(undefined)
  const held = signal<{ moved: Moved; time_s: number; position_m: number } | undefined>(undefined)
  /** What stopped the last move of the keyboard or of a typed value. */
  const wall = signal<Moved['wall']>(undefined)

  const modifiers = (event: { shiftKey: boolean; altKey: boolean }): Modifiers => ({ wide: event.shiftKey, fine: event.altKey, selected: selected.value })

  // Key presses add up to one step.
  let nudging: { target: Target; from: Plan; by: number; timer: ReturnType<typeof setTimeout> } | undefined
  const settleNudge = (): void => {
    if (nudging === undefined) return
    clearTimeout(nudging.timer)
    nudging = undefined
    session.commit()
  }
  const giveUp = (): void => {
    if (nudging !== undefined) clearTimeout(nudging.timer)
    nudging = undefined
    batch(() => {
      held.value = undefined
      wall.value = undefined
      session.trial([])
    })
  }
  const nudge = (target: Target, by: number, with_: Modifiers): void => {
    if (nudging !== undefined && JSON.stringify(nudging.target) !== JSON.stringify(target)) settleNudge()
    const from = nudging?.from ?? session.document.value
    const moved = move(street, from, target, (nudging?.by ?? 0) + by, with_)
    if (nudging !== undefined) clearTimeout(nudging.timer)
    // At a wall further presses do not add up, so that one back is one back.
    const total = moved.wall === undefined ? (nudging?.by ?? 0) + by : (nudging?.by ?? 0)
    nudging = { target, from, by: total, timer: setTimeout(settleNudge, REST_MS) }
    batch(() => {
      wall.value = moved.wall
      session.trial(moved.edits)
    })
  }

  /** A value typed for one thing. */
  const enter = (target: Target, by: number): void => {
    settleNudge()
    const moved = move(street, session.document.value, target, by, { fine: true, wide: false, selected: new Set() })
    batch(() => {
      wall.value = moved.wall
      session.commit(moved.edits)
    })
  }

  const offsetShown = (signal: SignalId): number | undefined => {
    const one = intersectionOf(session.document.value, signal)
    const from = base.value === undefined ? undefined : intersectionOf(session.document.value, base.value)
    return one === undefined ? undefined : from === undefined || from === one ? one.offset_s : modulo(Math.round((one.offset_s - from.offset_s) * 10) / 10, one.cycle_s)
  }

  const stopCursor = effect(() => {
    const at = focused.value
    if (at !== undefined) cursor.value = { ...cursor.peek(), ...(at.signal === asked.signal && Number.isFinite(asked.time_s) && cursor.peek() === undefined ? { time_s: asked.time_s } : {}), signal: at.signal, from: 'time-space' }
  })

  return {
    session, street, scene, ghost, axis, extent, view, moving, trail, focused, selected, base, held, wall, period,
    setView, step, home, modifiers, nudge, settleNudge, giveUp, enter, offsetShown,
    /** Whether the original differs from what is shown. */
    changed: computed(() => session.document.value !== session.original),
    goTo: (id: SignalId): void => {
      const station = (scene.value as EditorScene).stations.find((one) => one.signal === id)
      if (station === undefined) return
      focused.value = { signal: id, handle: 'offset' }
      const at = axis.value.drawn(station.position_m)
      const { low_m, high_m } = view.value
      if (at < low_m || at > high_m) setView({ ...view.value, low_m: at - (high_m - low_m) / 2, high_m: at + (high_m - low_m) / 2 }, true)
    },
    close: (): void => {
      settleNudge()
      clearTimeout(timer)
      stopCursor()
    },
  }
}
