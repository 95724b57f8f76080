// Playback: what runs now and a plan, side by side, with the same drivers.
import './playback.css'
import { useComputed, useSignal, useSignalEffect, type Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Point } from '../../model/network.ts'
import { bareScene } from '../map/scene.ts'
import { Backdrop, hasWebgl } from '../map/stage.tsx'
import { boxOf, fitView, keptInView, parseView, viewText, zoomed, type Size, type View } from '../map/view.ts'
import { look, query } from '../shell/location.ts'
import { town } from '../shell/session.ts'
import { named } from '../words/language.ts'
import { Choice } from './choice.tsx'
import { clockText, SPEEDS } from './clock.ts'
import { Legend } from './legend.tsx'
import { Pane } from './pane.tsx'
import { askedFor, speedOf, usePlayCursor, usePlayer, usePlayKeys, type Player } from './player.ts'
import { Scrub } from './scrub.tsx'
import type { PlaySession } from './session.ts'
import { Followed, Totals } from './totals.tsx'
import { words } from './words.ts'

export default function PlaybackPage() {
  const asked = askedFor(town.value?.id)
  const player = usePlayer(asked)
  const session = player.session.value
  return (
    <div class="play-page">
      <header class="play-head"><h1>{words().title}</h1><Choice network={session?.network ?? asked.network} plan={asked.plan} seed={asked.seed} /></header>
      {session === undefined && player.trouble.value !== undefined ? <p class="play-message" role="alert">{player.trouble.value}</p> : session === undefined ? <p class="play-message" role="status">{words().loading}</p> : <Sides player={player} session={session} seed={asked.seed} key={`${asked.plan} ${asked.seed}`} />}
    </div>
  )
}

const FIRST: Size = { width: 620, height: 420 }
/** The address follows the instant when it rests, and while playing now and then. */
const ADDRESS_MS = 1500
/** So far from the edge a followed vehicle is kept. */
const FOLLOWED_PX = 56

function Sides({ player, session, seed }: { player: Player; session: PlaySession; seed: number }) {
  const { ground, sides, recordings, grown, scenario, plan, streets } = session
  const { time, playing, speed, followed, head: heads, known, jump } = player
  const size = useSignal<Size>(FIRST)
  const view = useSignal<View>(parseView(query.value.get('at')) ?? firstView(session, FIRST))
  const fit = (): void => { view.value = firstView(session, size.value) }
  useFit(size, fit)
  usePlayCursor(player)
  useAddress(player, view)
  usePlayKeys(player)
  useFollowing(player, view, size)
  const scene = useComputed(() => bareScene(streets))
  // Without pictures of the operator both painters show the same, and one that needs no WebGL for every side is enough.
  const engine = streets.drawing.tiles === undefined || query.value.get('map') === 'canvas' || !hasWebgl() ? 'canvas' : 'library'
  const t = words()
  const head = heads.value
  const rows = query.value.get('layout') === null ? isLong(session) : query.value.get('layout') === 'rows'
  if (player.trouble.value !== undefined) return <p class="play-message" role="alert">{t.failed} {player.trouble.value}</p>
  const share = head === undefined ? 0 : Math.max(0, (known.value - head.from_s) / (head.until_s - head.from_s))
  const ends = sides.flatMap((side) => { const end = recordings.value[side]?.ended; return end === undefined || end.why === 'done' ? [] : [`${t[side]}: ${end.why === 'full' ? t.full : t.gridlock(end.where ?? '')}`] })
  const done = player.done.value
  return (
    <>
      <div class={rows ? 'play-sides play-rows' : 'play-sides'}>
        {sides.map((side) => (
          <section key={side} aria-label={t[side]}>
            <h2>{t[side]} <small>{side === 'before' ? t.running : `${plan!.corridor} · ${t.of_corridor(String(plan!.document.cycle_s))} · ${named(plan!.reason)}`}</small></h2>
            <Pane name={t.pane(t[side])} ground={ground} backdrop={(size) => <Backdrop scene={scene} view={view} size={size} engine={engine} tiles={streets.drawing.tiles} />} recording={() => recordings.value[side]} grown={grown} time={time} view={view} size={size} followed={followed} fit={fit} />
            <Totals side={side} recordings={recordings.value} time_s={time.value} grown={grown.value} />
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
        {followed.value === undefined ? <small>{t.follow_hint}</small> : <><Followed vehicle={followed.value} sides={sides} recordings={recordings.value} time_s={time.value} grown={grown.value} /><button type="button" onClick={() => { followed.value = undefined }}>{t.unfollow}</button></>}
      </div>
      <Legend />
      {head !== undefined && <p class="play-note">{sides.length > 1 && `${t.same_drivers} `}{t.one_run(String(seed), clockText(head.from_s), clockText(head.until_s))}{plan !== undefined && ` ${t.version(String(plan.network_version))}`} {named(scenario.scenario.name)}</p>}
    </>
  )
}

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

function useFit(size: Signal<Size>, fit: () => void): void {
  const fitted = useSignal(parseView(query.value.get('at')) !== undefined)
  useEffect(() => {
    if (fitted.value || size.value === FIRST) return
    fitted.value = true
    fit()
  }, [size.value])
}

/** Where the vehicle that is followed drives, on either side, stays in view; the hand may move it while time stands. */
function useFollowing({ session, time, followed }: Player, view: Signal<View>, size: Signal<Size>): void {
  useSignalEffect(() => {
    const [vehicle, at] = [followed.value, time.value]
    if (vehicle === undefined || session.value === undefined) return
    const { sides, recordings } = session.value
    const places = sides.flatMap((side): Point[] => {
      const car = recordings.value[side]?.carsAt(at).find((one) => one.vehicle === vehicle)
      return car === undefined ? [] : [[car.x, car.y]]
    })
    view.value = keptInView(view.peek(), size.value, places, FOLLOWED_PX)
  })
}

function useAddress({ time, speed, playing, head: heads }: Player, view: Signal<View>): void {
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
