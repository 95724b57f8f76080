// The vehicles of a run on the map: those of the panes, at the same instant of the same clock.
import './playback.css'
import { effect, useComputed, type ReadonlySignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Point } from '../../model/network.ts'
import { colourOf, colourScheme } from '../map/palette.ts'
import { streetAside } from '../map/scene.ts'
import type { Size, View } from '../map/view.ts'
import { look, query } from '../shell/location.ts'
import { count } from '../shell/units.ts'
import { Choice } from './choice.tsx'
import { clockText, SPEEDS } from './clock.ts'
import { Legend } from './legend.tsx'
import { carAt, paintInstant } from './paint-run.ts'
import { FINGER_PX } from './pane.tsx'
import { askedFor, speedOf, usePlayCursor, usePlayer, usePlayKeys, type Asked, type Player } from './player.ts'
import type { Side } from './protocol.ts'
import type { Recording } from './recording.ts'
import { words } from './words.ts'

export interface TrafficOnMapProps {
  network: string
  drivingSide: 'left' | 'right'
  view: ReadonlySignal<View>
  size: ReadonlySignal<Size>
  /** Told what was clicked; true where a vehicle was. */
  claims: { current: ((at: Point) => boolean) | undefined }
}

export function TrafficOnMap(props: TrafficOnMapProps) {
  const asked = askedFor(props.network)
  return <Traffic {...props} asked={asked} key={`${asked.plan} ${asked.seed}`} />
}

function Traffic({ network, drivingSide, view, size, claims, asked }: TrafficOnMapProps & { asked: Asked }) {
  const player = usePlayer(asked)
  const { session, time, followed } = player
  usePlayCursor(player)
  usePlayKeys(player)
  const side = useComputed((): Side => (query.value.get('side') === 'before' || session.value?.sides.includes('after') !== true ? 'before' : 'after'))
  const recording = useComputed(() => session.value?.recordings.value[side.value])
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => painter(canvas.current!, { player, recording, view, size, side: drivingSide === 'right' ? 1 : -1 }), [player])
  useEffect(() => {
    claims.current = (at) => {
      const found = carAt(recording.value?.carsAt(time.value) ?? [], at, FINGER_PX / view.value.scale)
      followed.value = found
      return found !== undefined
    }
    return () => { claims.current = undefined }
  }, [player])
  return (
    <>
      <canvas ref={canvas} class="play-over" aria-hidden="true" />
      <section class="play-strip" aria-label={words().on_map}>
        <Choice network={network} plan={asked.plan} seed={asked.seed} />
        {player.trouble.value !== undefined ? <p class="play-end" role="alert">{words().failed} {player.trouble.value}</p> : session.value === undefined ? <p role="status">{words().loading}</p> : <Controls player={player} side={side.value} sides={session.value.sides} recording={recording} seed={asked.seed} plan={asked.plan} />}
      </section>
    </>
  )
}

function Controls({ player, side, sides, recording, seed, plan }: { player: Player; side: Side; sides: readonly Side[]; recording: ReadonlySignal<Recording | undefined>; seed: number; plan: string | undefined }) {
  const { playing, speed, time, known, head, done, jump } = player
  const t = words()
  const totals = recording.value?.totalsAt(time.value)
  const share = head.value === undefined ? 0 : Math.max(0, (known.value - head.value.from_s) / (head.value.until_s - head.value.from_s))
  const panes = `/playback?${new URLSearchParams({ ...(plan === undefined ? {} : { plan }), seed: String(seed), t: clockText(time.value) }).toString()}`
  return (
    <>
      <div class="play-bar">
        <button type="button" class="play-main" disabled={head.value === undefined} onClick={() => { playing.value = !playing.value }}>{playing.value ? t.pause : t.play}</button>
        <button type="button" aria-label={t.back} title={t.back} onClick={() => jump(time.value - 10)}>−10</button>
        <button type="button" aria-label={t.on} title={t.on} onClick={() => jump(time.value + 10)}>+10</button>
        <label>{t.speed} <select value={String(speed.value)} onChange={({ currentTarget }) => { speed.value = speedOf(currentTarget.value) }}>{SPEEDS.map((one) => <option key={one} value={String(one)}>{t.times(String(one))}</option>)}</select></label>
        {sides.length > 1 && <label>{t.side} <select value={side} onChange={({ currentTarget }) => look({ side: currentTarget.value === 'after' ? undefined : 'before' })}>{sides.map((one) => <option key={one} value={one}>{t[one]}</option>)}</select></label>}
        <output class="play-clock" aria-label={t.time} aria-live="off">{head.value === undefined ? '–' : clockText(time.value)}</output>
        <a class="button" href={panes}>{t.side_by_side}</a>
      </div>
      {head.value !== undefined && <input class="play-time" type="range" aria-label={t.scrub} aria-valuetext={clockText(time.value)} min={head.value.from_s} max={head.value.until_s} step={1} value={Math.floor(time.value)} onInput={({ currentTarget }) => jump(Number(currentTarget.value))} />}
      <p class="play-note">{totals !== undefined && <b class="play-there">{t.now_there(count(totals.driving), count(totals.standing))}</b>} {t.one_seed(String(seed))} · {done.value ? t.ready : t.simulating(String(Math.floor(share * 100)))}</p>
      <details><summary>{t.key}</summary><Legend /></details>
    </>
  )
}

interface Painting {
  player: Player
  recording: ReadonlySignal<Recording | undefined>
  view: ReadonlySignal<View>
  size: ReadonlySignal<Size>
  /** Where carriageways are moved: 1 to the right of their direction. */
  side: 1 | -1
}

/** Of the lanes that most streets have: what a carriageway is moved aside hardly depends on them. */
const LANES = 2

/** At most once a frame. */
function painter(canvas: HTMLCanvasElement, { player: { session, time, followed }, recording, view, size, side }: Painting): () => void {
  let frame = 0
  const paint = (): void => {
    frame = 0
    const ratio = devicePixelRatio
    const [width, height] = [Math.round(size.value.width * ratio), Math.round(size.value.height * ratio)]
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    const context = canvas.getContext('2d')!
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, size.value.width, size.value.height)
    const run = recording.value
    if (run !== undefined && run.rows > 0) paintInstant(run, Math.min(time.value, run.until_s), followed.value, { context, view: view.value, size: size.value, palette: colourOf, aside_px: side * streetAside(LANES, view.value.scale) })
    canvas.dataset['time'] = String(time.value)
  }
  const stop = effect(() => {
    void [time.value, view.value, size.value, followed.value, recording.value, session.value?.grown.value, colourScheme.value]
    if (frame === 0) frame = requestAnimationFrame(paint)
  })
  return () => {
    stop()
    cancelAnimationFrame(frame)
  }
}
