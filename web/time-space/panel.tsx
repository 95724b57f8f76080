// What the plan means, while it is changed: bands, delay, stops, arrivals, who is worse off, which rules break; each against the original.
import { useComputed, type ReadonlySignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { Direction } from '../../model/plan.ts'
import type { DelayFigures, Preview } from '../engine/protocol.ts'
import { count, percent, seconds } from '../shell/units.ts'
import { may } from '../shell/session.ts'
import { language, named } from '../words/language.ts'
import type { Desk } from './desk.ts'
import { signedCount, signedPercent, signedSeconds, wallText } from './figures.ts'
import { words } from './words.ts'
import { ruleText } from '../words/rules.ts'

const DIRECTIONS = ['outbound', 'inbound'] as const satisfies readonly Direction[]

export function Panel({ desk }: { desk: Desk }) {
  const { preview } = desk.session
  const told = useComputed(() => preview.value !== undefined)
  return (
    <aside class="ts-panel" aria-label={words().panel}>
      <h2>{words().panel}</h2>
      {may('engineer') ? <SavedState desk={desk} /> : <p class="ts-wall" role="status">{words().engineersOnly}</p>}
      {desk.wall.value === undefined ? null : <p class="ts-wall" role="status">{wallText(desk.wall.value)}</p>}
      {!told.value ? <p class="ts-quiet">{words().estimating}</p> : <>
        <Faults desk={desk} />
        <section aria-label={words().bands}>{DIRECTIONS.map((direction) => <Band key={direction} desk={desk} direction={direction} />)}</section>
        <Delays desk={desk} />
        <Apart desk={desk} />
        <Losers desk={desk} />
      </>}
      <Comparison desk={desk} />
      <p class="ts-quiet ts-note">{words().preview}</p>
      <p class="ts-quiet ts-note">{words().legend}{desk.changed.value ? ` ${words().originalGhost}.` : ''}</p>
    </aside>
  )
}

/** Of the preview what a part shows: while it says the same the part is not rendered again. */
function useShown<T>(preview: ReadonlySignal<Preview | undefined>, take: (told: Preview) => T): ReadonlySignal<T | undefined> {
  const last = useRef<{ text: string; value: T } | undefined>(undefined)
  return useComputed(() => {
    const told = preview.value
    if (told === undefined) return undefined
    const value = take(told)
    const text = JSON.stringify(value)
    if (last.current?.text !== text) last.current = { text, value }
    return last.current!.value
  })
}

/** What the simulation said, of exactly the plan that is shown. */
function Comparison({ desk: { session } }: { desk: Desk }) {
  const { evaluation } = session.record.value
  const same = useComputed(() => {
    const [of, now] = [session.record.value.document.intersections, session.document.value.intersections]
    return of.length === now.length && of.every((one, i) => one === now[i] || JSON.stringify(one) === JSON.stringify(now[i]))
  })
  if (evaluation === undefined || !same.value) return null
  const { differences, runs } = evaluation
  return (
    <section aria-label={words().comparison}>
      <h3>{words().comparison}</h3>
      <p class="ts-quiet">{words().paired(runs)}</p>
      <ul class="ts-losers">{differences.map(({ measure, difference, verdict }) => {
        const say = measure.endsWith('_s') ? (value: number) => signedSeconds(value, 1) : (value: number) => signedCount(value, 2)
        const half = difference.ci95 === null ? '' : ` (± ${measure.endsWith('_s') ? seconds(difference.ci95, 1) : count(difference.ci95, 2)})`
        return <li key={measure}>{words().measures[measure] ?? measure}: <span class={verdict === 'better' ? 'ts-better' : verdict === 'worse' ? 'ts-worse' : 'ts-quiet'}>{say(difference.mean)}{half}, {words().verdict[verdict]}</span></li>
      })}</ul>
    </section>
  )
}

function SavedState({ desk: { session } }: { desk: Desk }) {
  const state = session.state.value
  return (
    <div class={`ts-state ts-state-${state}`} role="status" aria-live="polite">
      {words()[state]}{session.trouble.value === undefined || state === 'saved' || state === 'saving' ? null : <p>{session.trouble.value}</p>}
    </div>
  )
}

function Faults({ desk }: { desk: Desk }) {
  const faults = useShown(desk.session.preview, (told) => told.faults).value ?? []
  return faults.length === 0 ? null : (
    <section class="ts-faults" aria-label={words().faults}>
      <h3>{words().faults}</h3>
      <ul>{faults.slice(0, 8).map((fault) => (
        <li key={fault.sentence}>
          {fault.signal === undefined ? null : <Jump desk={desk} signal={fault.signal} />} {language.value === 'en' ? fault.sentence : ruleText(fault.code, fault.value, fault.limit, fault.sentence)}
        </li>
      ))}</ul>
    </section>
  )
}

function Jump({ desk, signal }: { desk: Desk; signal: string }) {
  const name = named(desk.street.stations.find((one) => one.signal === signal)?.name ?? signal)
  return <button type="button" class="ts-jump" title={words().goTo(name)} onClick={() => desk.goTo(signal)}>{name}</button>
}

function Band({ desk, direction }: { desk: Desk; direction: Direction }) {
  const band = useShown(desk.session.preview, (told) => {
    const found = told.ends.find((one) => one.direction === direction)
    return found && { width_s: found.width_s, share: found.share, attainability: found.attainability, limited_by: found.limited_by }
  }).value
  const was_s = desk.session.original.bands.find((one) => one.direction === direction)?.width_s
  return band === undefined ? null : (
    <div class={`ts-band ts-band-${direction}`} data-band={direction}>
      <h3>{words().band[direction]}</h3>
      <p><strong>{band.width_s > 0 ? seconds(band.width_s, 1) : words().noBand}</strong> <Change value={was_s === undefined ? undefined : band.width_s - was_s} better={1} say={(by) => signedSeconds(by, 1)} /></p>
      {band.width_s > 0 ? <p class="ts-quiet">{words().ofCycle(percent(band.share))} · {words().attained(percent(band.attainability))}</p> : null}
      {band.limited_by.length > 0 ? <p class="ts-quiet">{words().limitedBy} {band.limited_by.map((signal) => <Jump key={signal} desk={desk} signal={signal} />)}</p> : null}
    </div>
  )
}

/** With its sign, its unit and a word that does not need the colour: an arrow. */
function Change({ value, better, say }: { value: number | undefined; better: 1 | -1; say: (by: number) => string }) {
  // What rounds to nought is told as no change.
  if (value === undefined || say(value).startsWith('±')) return null
  const good = Math.sign(value) === better
  return <span class={`ts-change ${good ? 'ts-better' : 'ts-worse'}`} title={words().against}>{good ? '▲' : '▼'} {say(value)}</span>
}

function Delays({ desk }: { desk: Desk }) {
  const { figures: now, original: before } = useShown(desk.session.preview, ({ figures, original }) => ({ figures, original })).value ?? {}
  if (now === undefined) return <p class="ts-quiet">{words().noFigures}</p>
  const rows = [
    { id: 'delay', name: words().delay, value: seconds(now.delay_s_per_veh, 1), by: by(now, before, 'delay_s_per_veh'), better: -1 as const, say: (value: number) => signedSeconds(value, 1) },
    { id: 'through-delay', name: words().throughDelay, value: seconds(now.through_delay_s_per_veh, 1), by: by(now, before, 'through_delay_s_per_veh'), better: -1 as const, say: (value: number) => signedSeconds(value, 1) },
    { id: 'stops', name: words().stops, value: count(now.stops_per_veh, 2), by: by(now, before, 'stops_per_veh'), better: -1 as const, say: (value: number) => signedCount(value, 2) },
    ...DIRECTIONS.map((direction) => ({ id: `arrivals-${direction}`, name: words().arrivals[direction], value: percent(now.arrivals_on_green[direction]), by: before === undefined ? undefined : now.arrivals_on_green[direction] - before.arrivals_on_green[direction], better: 1 as const, say: signedPercent })),
  ]
  return (
    <dl class="ts-delays">
      {rows.map(({ id, name, value, by, better, say }) => <div key={id} data-figure={id}><dt>{name}</dt><dd><strong>{value}</strong> <Change value={by} better={better} say={say} /></dd></div>)}
    </dl>
  )
}

const MOST_PAIRS = 3

/** Where the figures do not follow platoons, they say so. */
function Apart({ desk }: { desk: Desk }) {
  const pairs = useShown(desk.session.preview, ({ figures, apart }) => (figures === undefined ? [] : apart)).value ?? []
  const name = (signal: string): string => named(desk.street.stations.find((one) => one.signal === signal)?.name ?? signal)
  return pairs.length === 0 ? null : <p class="ts-quiet ts-apart">{words().apart(pairs.slice(0, MOST_PAIRS).map(({ from, to }) => words().pair(name(from), name(to))).join(' · '), Math.max(0, pairs.length - MOST_PAIRS))}</p>
}

const by = (now: DelayFigures, before: DelayFigures | undefined, field: 'delay_s_per_veh' | 'through_delay_s_per_veh' | 'stops_per_veh'): number | undefined => (before === undefined ? undefined : now[field] - before[field])

const MOST_LOSERS = 6

function Losers({ desk }: { desk: Desk }) {
  const losers = useShown(desk.session.preview, (told) => told.losers.slice(0, MOST_LOSERS)).value ?? []
  return (
    <section aria-label={words().losers}>
      <h3>{words().losers}</h3>
      {losers.length === 0 ? <p class="ts-quiet">{words().noLosers}</p> : (
        <ul class="ts-losers">{losers.map((loser) => (
          <li key={`${loser.signal} ${loser.movement ?? loser.name}`}>
            <Jump desk={desk} signal={loser.signal} /> <span class="ts-quiet">{words().loser[loser.kind]}</span> {words().measureFromTo(named(loser.name), seconds(loser.before, 1), seconds(loser.after, 1))}
          </li>
        ))}</ul>
      )}
    </section>
  )
}
