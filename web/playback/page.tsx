// Playback: what runs now and a plan, side by side, with the same drivers.
import './playback.css'
import { useComputed, useSignal, type Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { fitView, boxOf, parseView, viewText, zoomed, type Size, type View } from '../map/view.ts'
import type { Point } from '../../model/network.ts'
import { ask } from '../service/service.ts'
import { useCommands } from '../shell/commands.ts'
import { cursor } from '../shell/cursor.ts'
import { look, query } from '../shell/location.ts'
import { town } from '../shell/session.ts'
import { named } from '../words/language.ts'
import { advanced, clockText, parseClock, SPEEDS } from './clock.ts'
import { Legend } from './legend.tsx'
import { Pane } from './pane.tsx'
import { Scrub } from './scrub.tsx'
import { openSession, type PlanSummary, type PlaySession } from './session.ts'
import { Followed, Totals } from './totals.tsx'
import { words } from './words.ts'

const ME = 'playback'

export default function PlaybackPage() {
  const session = useSignal<PlaySession | undefined>(undefined)
  const trouble = useSignal<string | undefined>(undefined)
  const plan = query.value.get('plan') ?? undefined
  const seed = seedOf(query.value.get('seed'))
  const network = town.value?.id
  useEffect(() => {
    if (plan === undefined && network === undefined) return undefined
    let gone = false
    session.value = undefined
    trouble.value = undefined
    openSession({ plan, network, period: query.value.get('period') ?? undefined, seed }).then((opened) => {
      if (gone) return opened?.close()
      session.value = opened
    }, (error: unknown) => {
      trouble.value = error instanceof TypeError ? words().lost : (error as Error).message
    })
    return () => {
      gone = true
      session.value?.close()
    }
  }, [plan, network, seed])
  return (
    <div class="play-page">
      <header class="play-head"><h1>{words().title}</h1><Choice network={session.value?.network ?? network} plan={plan} seed={seed} /></header>
      {trouble.value !== undefined ? <p class="play-message" role="alert">{trouble.value}</p> : session.value === undefined ? <p class="play-message" role="status">{words().loading}</p> : <Player session={session.value} seed={seed} key={`${plan} ${seed}`} />}
    </div>
  )
}

const seedOf = (text: string | null): number => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 1)

/** Which plan and which day of dice; the address has both. */
function Choice({ network, plan, seed }: { network: string | undefined; plan: string | undefined; seed: number }) {
  const plans = useSignal<readonly PlanSummary[]>([])
  useEffect(() => {
    if (network === undefined) return
    ask<{ items: PlanSummary[] }>(`/plans?network=${encodeURIComponent(network)}&limit=100`).then(({ items }) => { plans.value = items }, () => {})
  }, [network])
  const t = words()
  return (
    <div class="play-choice">
      <label>{t.plan} <select aria-label={t.choose} value={plan ?? ''} onChange={({ currentTarget }) => look({ plan: currentTarget.value === '' ? undefined : currentTarget.value, t: undefined }, { push: true })}>
        <option value="">{t.none}</option>
        {plans.value.map(({ id, corridor, period, reason, cycle_s }) => <option key={id} value={id}>{[corridor, period, t.of_corridor(String(cycle_s)), named(reason)].join(' · ')}</option>)}
        {plan !== undefined && plans.value.every(({ id }) => id !== plan) && <option value={plan}>{plan}</option>}
      </select></label>
      <label>{t.seed} <input type="number" min={0} max={999_999_999} value={seed} onChange={({ currentTarget }) => look({ seed: String(seedOf(currentTarget.value)) }, { push: true })} /></label>
    </div>
  )
}

const FIRST: Size = { width: 620, height: 420 }
/** The address follows the instant when it rests, and while playing now and then. */
const ADDRESS_MS = 1500

function Player({ session, seed }: { session: PlaySession; seed: number }) {
  const { ground, sides, recordings, grown, scenario, plan } = session
  const size = useSignal<Size>(FIRST)
  const view = useSignal<View>(parseView(query.value.get('at')) ?? firstView(session, FIRST))
  const time = useSignal(0)
  const playing = useSignal(false)
  const speed = useSignal(speedOf(query.value.get('speed')))
  const followed = useSignal<number | undefined>(undefined)
  const heads = useComputed(() => recordings.value.before?.head ?? recordings.value.after?.head)
  const known = useComputed(() => (void grown.value, Math.min(...sides.map((side) => recordings.value[side]?.until_s ?? -Infinity))))
  const fit = (): void => { view.value = firstView(session, size.value) }
  const jump = (to: number): void => {
    const head = heads.value
    if (head !== undefined) time.value = Math.min(Math.max(head.from_s, to), Math.max(head.from_s, known.value))
  }
  useStart({ heads, time, known })
  useFit(size, fit)
  usePlaying({ time, playing, speed, known, ended: () => sides.every((side) => recordings.value[side]?.ended !== undefined) })
  useCursor(time, followed, playing, jump)
  useAddress({ time, view, speed, playing, heads })
  useKeys({ playing, speed, time, jump, from: () => heads.value?.from_s ?? 0 })
  const t = words()
  const head = heads.value
  const rows = query.value.get('layout') === null ? isLong(session) : query.value.get('layout') === 'rows'
  if (session.trouble.value !== undefined) return <p class="play-message" role="alert">{t.failed} {session.trouble.value}</p>
  const share = head === undefined ? 0 : Math.max(0, (known.value - head.from_s) / (head.until_s - head.from_s))
  const ends = sides.flatMap((side) => { const end = recordings.value[side]?.ended; return end === undefined || end.why === 'done' ? [] : [`${t[side]}: ${end.why === 'full' ? t.full : t.gridlock(end.where ?? '')}`] })
  const done = (void grown.value, sides.every((side) => recordings.value[side]?.ended !== undefined))
  return (
    <>
      <div class={rows ? 'play-sides play-rows' : 'play-sides'}>
        {sides.map((side) => (
          <section key={side} aria-label={t[side]}>
            <h2>{t[side]} <small>{side === 'before' ? t.running : `${plan!.corridor} · ${t.of_corridor(String(plan!.document.cycle_s))} · ${named(plan!.reason)}`}</small></h2>
            <Pane name={t.pane(t[side])} ground={ground} recording={() => recordings.value[side]} grown={grown} time={time} view={view} size={size} followed={followed} fit={fit} />
            <Totals side={side} recordings={recordings.value} time_s={time.value} />
          </section>
        ))}
      </div>
      <div class="play-bar">
        <button type="button" class="play-main" disabled={head === undefined} onClick={() => { playing.value = !playing.value }}><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d={playing.value ? 'M2 1h3v10H2zM7 1h3v10H7z' : 'M2 1v10l9-5z'} fill="currentColor" /></svg> {playing.value ? t.pause : t.play}</button>
        <button type="button" aria-label={t.first} title={t.first} onClick={() => jump(0)}><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="M1 1h2v10H1zM11 1v10L4 6z" fill="currentColor" /></svg></button>
        <button type="button" aria-label={t.back} title={t.back} onClick={() => jump(time.value - 10)}>−10</button>
        <button type="button" aria-label={t.on} title={t.on} onClick={() => jump(time.value + 10)}>+10</button>
        <label>{t.speed} <select value={String(speed.value)} onChange={({ currentTarget }) => { speed.value = speedOf(currentTarget.value) }}>{SPEEDS.map((one) => <option key={one} value={String(one)}>{t.times(String(one))}</option>)}</select></label>
        <output class="play-clock" aria-label={t.time}>{head === undefined ? '–' : clockText(time.value)}</output>
        <span class="play-progress" role="status">{done ? t.ready : t.simulating(String(Math.floor(share * 100)))}{playing.value && !done && time.value >= known.value ? ` · ${t.waiting_for}` : ''}</span>
        <span class="play-zoom">
          {sides.length > 1 && <label class="play-layout"><input type="checkbox" checked={rows} onChange={({ currentTarget }) => look({ layout: currentTarget.checked ? 'rows' : 'columns' })} />{t.rows}</label>}
          <button type="button" aria-label={t.zoom_in} onClick={() => { view.value = zoomed(view.value, size.value, [size.value.width / 2, size.value.height / 2], 1.6) }}>+</button>
          <button type="button" aria-label={t.zoom_out} onClick={() => { view.value = zoomed(view.value, size.value, [size.value.width / 2, size.value.height / 2], 1 / 1.6) }}>−</button>
          <button type="button" aria-label={t.fit} title={t.fit} onClick={fit}>⤢</button>
        </span>
      </div>
      {head !== undefined && <Scrub recordings={recordings} grown={grown} time={time} from_s={head.from_s} until_s={head.until_s} known_s={known.value} jump={jump} />}
      {ends.map((end) => <p key={end} class="play-end" role="alert">{end}</p>)}
      <div class="play-follow">
        <label>{t.follow} <input type="number" min={0} max={head === undefined ? 0 : head.depart_s.length - 1} value={followed.value ?? ''} placeholder={t.follow_none} onInput={({ currentTarget }) => { followed.value = currentTarget.value === '' || !currentTarget.checkValidity() ? undefined : Number(currentTarget.value) }} /></label>
        {followed.value === undefined ? <small>{t.follow_hint}</small> : <><Followed vehicle={followed.value} sides={sides} recordings={recordings.value} time_s={time.value} /><button type="button" onClick={() => { followed.value = undefined }}>{t.unfollow}</button></>}
      </div>
      <Legend />
      {head !== undefined && <p class="play-note">{sides.length > 1 && `${t.same_drivers} `}{t.one_run(String(seed), clockText(head.from_s), clockText(head.until_s))}{plan !== undefined && ` ${t.version(String(plan.network_version))}`} {named(scenario.scenario.name)}</p>}
    </>
  )
}

const speedOf = (text: string | null): number => SPEEDS.find((one) => one === Number(text)) ?? 5

/** The places of the signals of the plan's corridor; fewer than two where everything is to be seen. */
function placesOf({ scenario, plan }: PlaySession): Point[] {
  const corridor = scenario.scenario.corridors.find(({ id }) => id === plan?.corridor)
  const nodes = new Map(scenario.network.nodes.map((node) => [node.id, node]))
  return (corridor?.intersections ?? []).flatMap((id) => (scenario.network.signals.find((signal) => signal.id === id)?.nodes ?? []).flatMap((node) => { const at = nodes.get(node); return at === undefined ? [] : [[at.x_m, at.y_m] as const] }))
}

function firstView(session: PlaySession, size: Size): View {
  const places = placesOf(session)
  return places.length < 2 ? fitView(session.ground.box, size, 16) : fitView(boxOf(places), size, 46)
}

/** Many times as wide as high: one above the other, places of both sides lie in line. */
const LONG = 2.2

function isLong(session: PlaySession): boolean {
  const places = placesOf(session)
  const { low, high } = places.length < 2 ? session.ground.box : boxOf(places)
  return high[0] - low[0] > LONG * (high[1] - low[1])
}

type Heads = { value: { from_s: number; until_s: number } | undefined }

/** At the instant of the address as soon as it is simulated, else at the beginning. */
function useStart({ heads, time, known }: { heads: Heads; time: Signal<number>; known: { value: number } }): void {
  const wanted = useSignal(parseClock(query.value.get('t')))
  useEffect(() => {
    const head = heads.value
    if (head === undefined) return
    if (time.value === 0) time.value = head.from_s
    if (wanted.value === undefined || known.value < Math.min(wanted.value, head.until_s)) return
    time.value = Math.min(Math.max(wanted.value, head.from_s), head.until_s)
    wanted.value = undefined
  }, [heads.value, known.value])
}

function useFit(size: Signal<Size>, fit: () => void): void {
  const fitted = useSignal(parseView(query.value.get('at')) !== undefined)
  useEffect(() => {
    if (fitted.value || size.value === FIRST) return
    fitted.value = true
    fit()
  }, [size.value])
}

function usePlaying({ time, playing, speed, known, ended }: { time: Signal<number>; playing: Signal<boolean>; speed: Signal<number>; known: { value: number }; ended: () => boolean }): void {
  useEffect(() => {
    if (!playing.value) return undefined
    let last: number | undefined
    let frame = requestAnimationFrame(function turn(now) {
      if (last !== undefined) time.value = advanced(time.value, { frame_s: (now - last) / 1000, speed: speed.value, known_s: known.value })
      last = now
      if (time.value >= known.value && ended()) playing.value = false
      else frame = requestAnimationFrame(turn)
    })
    return () => cancelAnimationFrame(frame)
  }, [playing.value])
}

/** The instant and the vehicle are those of the diagram and the charts, and theirs are ours. */
function useCursor(time: Signal<number>, followed: Signal<number | undefined>, playing: Signal<boolean>, jump: (to: number) => void): void {
  useEffect(() => {
    if (time.value > 0) cursor.value = { ...cursor.value, time_s: time.value, ...(followed.value === undefined ? {} : { vehicle: String(followed.value) }), from: ME }
  }, [time.value, followed.value])
  useEffect(() => {
    const other = cursor.value
    if (other !== undefined && other.from !== ME && other.time_s !== undefined && !playing.value) jump(other.time_s)
  }, [cursor.value])
}

function useAddress({ time, view, speed, playing, heads }: { time: Signal<number>; view: Signal<View>; speed: Signal<number>; playing: Signal<boolean>; heads: Heads }): void {
  const first = useSignal(view.value)
  const write = (): void => {
    if (heads.value !== undefined) look({ t: clockText(time.value), speed: speed.value === 5 ? undefined : String(speed.value), at: view.value === first.value ? undefined : viewText(view.value) })
  }
  useEffect(() => {
    if (playing.value) return undefined
    const timer = setTimeout(write, 300)
    return () => clearTimeout(timer)
  }, [playing.value, time.value, view.value, speed.value])
  useEffect(() => {
    if (!playing.value) return undefined
    const timer = setInterval(write, ADDRESS_MS)
    return () => clearInterval(timer)
  }, [playing.value])
}

function useKeys({ playing, speed, time, jump, from }: { playing: Signal<boolean>; speed: Signal<number>; time: Signal<number>; jump: (to: number) => void; from: () => number }): void {
  const faster = (by: number): void => { speed.value = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(speed.value as (typeof SPEEDS)[number]) + by))]! }
  useCommands([
    { id: 'playback.play', title: () => (playing.value ? words().pause : words().play), keys: [' ', 'k'], run: () => { playing.value = !playing.value } },
    { id: 'playback.back', title: () => words().back, keys: ['ArrowLeft', 'j'], run: () => jump(time.value - 10) },
    { id: 'playback.on', title: () => words().on, keys: ['ArrowRight', 'l'], run: () => jump(time.value + 10) },
    { id: 'playback.slower', title: () => `${words().speed} −`, keys: ['['], run: () => faster(-1) },
    { id: 'playback.faster', title: () => `${words().speed} +`, keys: [']'], run: () => faster(1) },
    { id: 'playback.first', title: () => words().first, keys: ['Home'], run: () => jump(from()) },
  ])
}
