// The parts of a cycle as a table beside the bars: the same values to read and to type, and every change by a button. Typed values may break a rule: then
// the row says so and nothing is saved.
import { useState } from 'preact/hooks'
import type { PlannedIntersection } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { GroupId, Signal } from '../../model/signal.ts'
import { durationsOf, type PlanEdit } from '../../plans/workflow/edits.ts'
import { listEdges } from '../editing/moves.ts'
import type { Fault } from '../engine/protocol.ts'
import { duplicatePart, greensOfPart, insertPart, leastLength, listInsertable, listPlaces, movePart, nameOf, removePart, setLength, toggleGreen } from './structure.ts'
import { seconds, words } from './words.ts'
import { ruleText } from '../words/rules.ts'

export interface TableProps {
  graph: RoadGraph
  signal: Signal
  one: PlannedIntersection
  faults: readonly Fault[]
  picked: number | undefined
  pick: (part: number | undefined) => void
  commit: (edits: PlanEdit[]) => void
}

const mean = (list: readonly number[]): string => (list.length === 0 ? '–' : seconds(Math.max(...list)))

/** Which movements a group lets drive, as people call them. */
function movementsOf(graph: RoadGraph, signal: Signal, groups: readonly GroupId[]): string {
  const served = graph.listMovementsOfSignal(signal.id).filter((movement) => graph.listConnections(movement.id).some((connection) => connection.groups?.some(({ group }) => groups.includes(group)) === true))
  return [...new Set(served.map(({ name, id }) => name ?? id))].join(', ')
}

/** The part of a fault names a group: it concerns the parts that show it green. */
const concerns = (fault: Fault, one: PlannedIntersection, part: number): boolean => fault.part !== undefined && (fault.part === nameOf(one, part) || greensOfPart(one, part).includes(fault.part))

export function TimingTable({ graph, signal, one, faults, picked, pick, commit }: TableProps) {
  const durations = durationsOf(one)
  const places = listPlaces(one)
  const starts = startsOf(one, durations)
  const edges = listEdges(signal, one)
  const lines = places.map(({ part, ring, barrier }) => {
    const greens = greensOfPart(one, part)
    const groups = greens.map((id) => signal.groups.find((group) => group.id === id)).filter((group) => group !== undefined)
    const fixed = one.kind === 'stages' && one.stages[part]!.kind === 'interstage'
    const edge = edges.find(({ before }) => before.includes(part))
    const turn = (places.findLast((other) => other.barrier === barrier && other.ring === ring)!.index > 0) || one.kind === 'stages'
    return { part, ring, groups, greens, fixed, edge, turn, name: nameOf(one, part), wrong: faults.filter((fault) => concerns(fault, one, part)) }
  })
  return (
    <div class="st-scroll">
      <table class="st-table">
        <caption class="st-quiet">{words().table}</caption>
        <thead>
          <tr>
            <th scope="col">{one.kind === 'rings' ? words().phase : words().stage}</th>
            {one.kind === 'rings' ? <th scope="col">{words().ring_head}</th> : <th scope="col">{words().groups}</th>}
            <th scope="col">{words().movements}</th>
            <th scope="col">{one.kind === 'rings' ? words().split : words().duration}, s</th>
            <th scope="col">{words().share}</th>
            <th scope="col">{words().starts}, s</th>
            {one.kind === 'rings' ? <><th scope="col">{words().green}, s</th><th scope="col">{words().yellow}, s</th><th scope="col">{words().all_red}, s</th></> : null}
            <th scope="col">{words().least}, s</th>
            <th scope="col">{words().walk}, s</th>
            <th scope="col">{words().actions}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ part, ring, groups, greens, fixed, edge, turn, name, wrong }) => (
            <tr key={part} class={`${part === picked ? 'st-picked-row' : ''} ${wrong.length > 0 ? 'st-wrong' : ''}`} onClick={() => pick(part)}>
              <th scope="row">
                {name}
                {greens.some((id) => one.coordinated.includes(id)) ? <small class="st-tag">{words().coordinated}</small> : null}
                {fixed ? <small class="st-tag">{words().interstage}</small> : null}
                {wrong.map((fault) => <small key={fault.sentence} class="st-fault">{ruleText(fault.code, fault.value, fault.limit, fault.sentence)}</small>)}
              </th>
              <td>{one.kind === 'rings' ? ring + 1 : <Greens signal={signal} one={one} part={part} name={name} commit={commit} />}</td>
              <td class="st-movements">{movementsOf(graph, signal, greens)}</td>
              <td><Length label={`${name}: ${one.kind === 'rings' ? words().split : words().duration}`} value_s={durations[part]!} disabled={fixed || edge === undefined} keep={(s) => commit(edge === undefined ? [] : setLength(one, edge, part, s))} /></td>
              <td class="st-number">{Math.round((1000 * durations[part]!) / one.cycle_s) / 10} %</td>
              <td class="st-number">{seconds(starts[part]!)}</td>
              {one.kind === 'rings' ? (
                <>
                  <td class="st-number">{mean(groups.map((group) => durations[part]! - group.yellow_s - group.red_clearance_s))}</td>
                  <td class="st-number">{mean(groups.map(({ yellow_s }) => yellow_s))}</td>
                  <td class="st-number">{mean(groups.map(({ red_clearance_s }) => red_clearance_s))}</td>
                </>
              ) : null}
              <td class="st-number">{fixed ? '–' : seconds(Math.max(leastLength(signal, one, greens), one.kind === 'stages' ? (one.stages[part]!.min_s ?? 0) : 0))}</td>
              <td class="st-number">{mean(groups.filter(({ walk_s }) => walk_s !== undefined).map((group) => (group.walk_s ?? 0) + (group.pedestrian_clearance_s ?? 0)))}</td>
              <td>{fixed ? null : <Actions signal={signal} one={one} part={part} name={name} turn={turn} pick={pick} commit={commit} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Of each part, after the start of the sequence. */
function startsOf(one: PlannedIntersection, durations: readonly number[]): number[] {
  const starts: number[] = []
  let barrier_s = 0
  let part = 0
  if (one.kind === 'stages') return durations.map((_, i) => durations.slice(0, i).reduce((sum, s) => sum + s, 0))
  for (const { rings } of one.barriers) {
    let longest = 0
    for (const ring of rings) {
      let t = barrier_s
      for (const _ of ring) {
        starts.push(t)
        t += durations[part++]!
      }
      longest = Math.max(longest, t - barrier_s)
    }
    barrier_s += longest
  }
  return starts
}

function Length({ label, value_s, disabled, keep }: { label: string; value_s: number; disabled: boolean; keep: (s: number) => void }) {
  const [typed, setTyped] = useState<string | undefined>(undefined)
  const leave = (): void => {
    const s = Number(typed?.replace(',', '.'))
    if (typed !== undefined && typed.trim() !== '' && Number.isFinite(s) && s !== value_s) keep(Math.round(s * 10) / 10)
    setTyped(undefined)
  }
  return (
    <input
      class="st-length-input" aria-label={label} inputMode="decimal" disabled={disabled} value={typed ?? seconds(value_s)} onInput={({ currentTarget }) => setTyped(currentTarget.value)} onBlur={leave}
      onKeyDown={(event) => {
        if (event.key === 'Enter') leave()
        else if (event.key === 'Escape') setTyped(undefined)
        else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') keep(value_s + (event.key === 'ArrowUp' ? 1 : -1) * (event.altKey ? 0.1 : 1))
        else return
        if (event.key !== 'Enter') event.preventDefault()
        event.stopPropagation()
      }}
    />
  )
}

function Greens({ signal, one, part, name, commit }: { signal: Signal; one: PlannedIntersection; part: number; name: string; commit: (edits: PlanEdit[]) => void }) {
  if (one.kind !== 'stages') return null
  const { green, kind } = one.stages[part]!
  return (
    <span class="st-greens">
      {signal.groups.map(({ id, kind: who }) => (
        <button key={id} type="button" class="st-chip" aria-pressed={green.includes(id)} aria-label={words().serves(id, name)} disabled={kind === 'interstage'} onClick={() => commit(toggleGreen(one, part, id))}>
          {who === 'pedestrian' ? `${id} 🚶` : id}
        </button>
      ))}
    </span>
  )
}

function Actions({ signal, one, part, name, turn, pick, commit }: { signal: Signal; one: PlannedIntersection; part: number; name: string; turn: boolean; pick: (part: number | undefined) => void; commit: (edits: PlanEdit[]) => void }) {
  const free = listInsertable(signal, one)
  const move = (by: -1 | 1) => (): void => {
    const moved = movePart(one, part, by)
    if (moved.edits.length === 0) return
    commit(moved.edits)
    pick(moved.part)
  }
  const left = movePart(one, part, -1).edits.length > 0
  const right = movePart(one, part, 1).edits.length > 0
  const removed = removePart(one, part)
  return (
    <span class="st-actions">
      <button type="button" aria-label={words().move_left(name)} title={words().move_left(name)} disabled={!turn || !left} onClick={move(-1)}>←</button>
      <button type="button" aria-label={words().move_right(name)} title={words().move_right(name)} disabled={!turn || !right} onClick={move(1)}>→</button>
      <button type="button" aria-label={words().duplicate(name)} title={words().duplicate(name)} onClick={() => commit(duplicatePart(signal, one, part))}><svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><path d="M1.5 1.5h8v8h-8zM4.5 12.5h8v-8" fill="none" stroke="currentColor" stroke-width="1.5" /></svg></button>
      <button type="button" aria-label={words().remove(name)} title={words().remove(name)} disabled={removed.length === 0} onClick={() => commit(removed)}>✕</button>
      <select aria-label={words().insert_behind(name)} title={free.length === 0 ? words().nothing_to_insert : words().insert_behind(name)} disabled={free.length === 0} value="" onChange={({ currentTarget }) => {
        const group = currentTarget.value
        currentTarget.value = ''
        if (group !== '') commit(insertPart(signal, one, part, group))
      }}>
        <option value="">＋</option>
        {free.map((id) => <option key={id} value={id}>{id}</option>)}
      </select>
    </span>
  )
}
