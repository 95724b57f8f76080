// May what the sensors say be believed? Late, impossible, frozen or contradicting data must not move plans. Few vehicles are
// no fault: a quiet night is told by all sensors alike.
import type { LinkId, MovementId } from '../../model/network.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Seconds, TimeOfDay } from '../../model/units.ts'
import { greensOf, type LaneGroup, totalOf } from '../capacity/index.ts'
import { lengthOf, type MeasuredApproach, passedOf } from './measurement.ts'

export type FaultKind = 'missing' | 'late' | 'number' | 'impossible-flow' | 'frozen' | 'contradiction'

export interface SensorFault {
  kind: FaultKind
  link: LinkId
  /** In words, with the place and the value. */
  sentence: string
}

export interface PlausibilityTask {
  now_s: TimeOfDay
  /** Older data is late, s. */
  most_age_s: Seconds
  graph: RoadGraph
  /** Links that should be heard of: the approaches of the corridor's signals. */
  expected: readonly LinkId[]
  approaches: readonly MeasuredApproach[]
  /** The windows before, the last first. */
  history: readonly (readonly MeasuredApproach[])[]
  laneGroups: readonly LaneGroup[]
  compiled: readonly CompiledSignal[]
  /** Usual flows, veh/h: where they do not balance on a link, yards and car parks explain it. */
  volumes: ReadonlyMap<MovementId, number>
}

/** Saturation flows are known to a tenth, yellow is driven through, and chance adds a few. */
const FLOW_SLACK = { share: 1.4, sigmas: 4, vehicles: 3 } as const

/** The same counts, sight and speed in so many windows with traffic are a sensor that hangs. */
const FROZEN_WINDOWS = 3

/** With fewer vehicles in a window the same figures come by chance. */
const FROZEN_LEAST = 10

/** Sent and arrived of a link differ by chance, by those on the way, and by yards between the junctions. */
const LINK_SLACK = { sigmas: 5, share: 0.25, vehicles: 6 } as const

/** Faults of the newest window; the link of each is the approach that is not to be believed. */
export function listFaults(task: PlausibilityTask): SensorFault[] {
  const byLink = new Map(task.approaches.map((approach) => [approach.link, approach]))
  const faults = task.expected.flatMap((link): SensorFault[] => {
    const approach = byLink.get(link)
    if (approach === undefined) return [{ kind: 'missing', link, sentence: `nothing was heard of approach ${link}` }]
    return lateness(task, approach) ?? wrongNumber(approach) ?? impossibleFlow(task, approach) ?? frozen(task, approach) ?? []
  })
  const doubted = new Set(faults.map(({ link }) => link))
  return [...faults, ...contradictions(task, byLink, doubted)]
}

function lateness({ now_s, most_age_s }: PlausibilityTask, { link, until_s, from_s }: MeasuredApproach): SensorFault[] | undefined {
  const age = now_s - until_s
  if (age > most_age_s) return [{ kind: 'late', link, sentence: `data of approach ${link} is ${Math.round(age)} s old; ${Math.round(most_age_s)} s are allowed` }]
  if (!(until_s > from_s) || age < -1) return [{ kind: 'late', link, sentence: `the window of approach ${link} runs from ${from_s} s to ${until_s} s, now is ${now_s} s` }]
  return undefined
}

function wrongNumber(approach: MeasuredApproach): SensorFault[] | undefined {
  const counts = [approach.entered, approach.vehicles, ...approach.lanes.flatMap(({ passed, queue_mean }) => [passed, queue_mean]), ...approach.movements.map(({ passed }) => passed)]
  const wrong = counts.find((value) => !(value >= 0) || !Number.isFinite(value))
  if (wrong !== undefined) return [{ kind: 'number', link: approach.link, sentence: `approach ${approach.link} counts ${wrong} vehicles` }]
  // No speed where nobody came.
  if (approach.entry_speed_mps < 0 || approach.entry_speed_mps === Infinity) return [{ kind: 'number', link: approach.link, sentence: `approach ${approach.link} tells of a speed of ${approach.entry_speed_mps} m/s` }]
  return undefined
}

function impossibleFlow({ laneGroups, compiled }: PlausibilityTask, approach: MeasuredApproach): SensorFault[] | undefined {
  const length_s = lengthOf(approach)
  for (const group of laneGroups) {
    if (group.approach !== approach.link || group.saturation_vph <= 0) continue
    const timed = compiled.find(({ signal }) => signal === approach.signal)
    const governing = [...group.protected, ...group.permissive]
    if (timed === undefined || governing.length === 0) continue
    const green_s = (totalOf(greensOf(timed, governing)) / timed.cycle_s) * length_s + timed.cycle_s / 2
    const possible = (group.saturation_vph / 3600) * Math.min(length_s, green_s) * FLOW_SLACK.share
    const most = possible + FLOW_SLACK.sigmas * Math.sqrt(possible) + FLOW_SLACK.vehicles
    const passed = approach.movements.reduce((sum, each) => sum + (group.movements.includes(each.movement) ? each.passed : 0), 0)
    if (passed > most) return [{ kind: 'impossible-flow', link: approach.link, sentence: `approach ${approach.link} counts ${Math.round(passed)} vehicles of movement ${group.movements.join(', ')} in ${Math.round(length_s)} s; its green lets at most ${Math.round(most)} pass` }]
  }
  return undefined
}

function frozen({ history }: PlausibilityTask, approach: MeasuredApproach): SensorFault[] | undefined {
  const said = (each: MeasuredApproach): string => JSON.stringify([each.entered, each.vehicles, each.entry_speed_mps, each.lanes.map(({ passed, queue_mean }) => [passed, queue_mean]), each.movements.map(({ passed }) => passed)])
  if (passedOf(approach) < FROZEN_LEAST || history.length < FROZEN_WINDOWS - 1) return undefined
  const now = said(approach)
  const same = history.slice(0, FROZEN_WINDOWS - 1).every((window) => window.some((each) => each.link === approach.link && said(each) === now))
  return same ? [{ kind: 'frozen', link: approach.link, sentence: `approach ${approach.link} has said the same for ${FROZEN_WINDOWS} windows` }] : undefined
}

/** A blind sensor contradicts the one before it and the one behind it: the worst is doubted first, and what it said counts against nobody. */
function contradictions(task: PlausibilityTask, byLink: ReadonlyMap<LinkId, MeasuredApproach>, before: ReadonlySet<LinkId>): SensorFault[] {
  const doubted = new Set(before)
  const faults: SensorFault[] = []
  for (;;) {
    const open = task.approaches.flatMap(({ link }) => linkBalance(task, byLink, doubted, link) ?? []).filter(({ excess }) => excess > 1)
    if (open.length === 0) return faults
    const { link, came, sent } = open.reduce((a, b) => (b.excess > a.excess ? b : a))
    doubted.add(link)
    faults.push({ kind: 'contradiction', link, sentence: `approach ${link} saw ${Math.round(came)} vehicles come where its neighbours sent ${Math.round(sent)}` })
  }
}

interface LinkBalance {
  link: LinkId
  sent: number
  came: number
  /** Difference over what chance and yards explain. */
  excess: number
}

/** Over all windows that are kept: what the approaches before sent onto a link, and what came into sight at its end. Undefined where not all of them are known. */
function linkBalance({ approaches, history, graph, volumes }: PlausibilityTask, byLink: ReadonlyMap<LinkId, MeasuredApproach>, doubted: ReadonlySet<LinkId>, link: LinkId): LinkBalance | undefined {
  const feeders = graph.listMovementsInto(link)
  if (feeders.length === 0 || doubted.has(link) || !feeders.every(({ from }) => byLink.has(from) && !doubted.has(from))) return undefined
  let [sent, came, length_s] = [0, 0, 0]
  for (const window of [approaches, ...history]) {
    const own = window.find((each) => each.link === link)
    if (own === undefined || feeders.some(({ from }) => window.every((each) => each.link !== from))) break
    came += own.entered
    length_s += lengthOf(own)
    sent += feeders.reduce((sum, { id, from }) => sum + (window.find((each) => each.link === from)?.movements.find(({ movement }) => movement === id)?.passed ?? 0), 0)
  }
  const lanes = Math.max(1, byLink.get(link)?.lanes.length ?? 1)
  const usual = (list: readonly { id: MovementId }[]): number => list.reduce((sum, { id }) => sum + (volumes.get(id) ?? 0), 0)
  const yards = (Math.abs(usual(feeders) - usual(graph.listMovementsFrom(link))) * length_s) / 3600
  const slack = yards + LINK_SLACK.sigmas * Math.sqrt(sent + came) + LINK_SLACK.share * Math.min(sent, came) + LINK_SLACK.vehicles * lanes
  return { link, sent, came, excess: Math.abs(sent - came) / slack }
}
