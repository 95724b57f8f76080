// The bar of time: where one is, how much is simulated, and how many vehicles stand on either side, so that one sees where to look.
import { effect, type ReadonlySignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { colourOf, colourScheme } from '../map/palette.ts'
import { clockText } from './clock.ts'
import type { Side } from './protocol.ts'
import type { Recording } from './recording.ts'
import { words } from './words.ts'

export interface ScrubProps {
  recordings: ReadonlySignal<Partial<Record<Side, Recording>>>
  grown: ReadonlySignal<number>
  time: Signal<number>
  from_s: number
  until_s: number
  /** Up to when both sides are simulated. */
  known_s: number
  jump: (time_s: number) => void
}

/** One point of the lines every so many seconds. */
const EVERY_S = 5

export function Scrub({ recordings, grown, time, from_s, until_s, known_s, jump }: ScrubProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => effect(() => {
    void [grown.value, colourScheme.value]
    paint(canvas.current!, recordings.value, from_s, until_s)
  }), [from_s, until_s])
  const share = until_s > from_s ? (known_s - from_s) / (until_s - from_s) : 0
  return (
    <div class="play-scrub">
      <canvas ref={canvas} role="img" aria-label={words().chart} />
      <i class="play-known" style={{ inlineSize: `${share * 100}%` }} aria-hidden="true" />
      <input type="range" aria-label={words().scrub} aria-valuetext={clockText(time.value)} min={from_s} max={until_s} step={1} value={Math.floor(time.value)} onInput={({ currentTarget }) => jump(Math.min(known_s, Number(currentTarget.value)))} />
    </div>
  )
}

function paint(canvas: HTMLCanvasElement, recordings: Partial<Record<Side, Recording>>, from_s: number, until_s: number): void {
  const { clientWidth: wide, clientHeight: tall } = canvas
  const ratio = devicePixelRatio
  Object.assign(canvas, { width: Math.max(1, wide * ratio), height: Math.max(1, tall * ratio) })
  const context = canvas.getContext('2d')!
  context.scale(ratio, ratio)
  const lines = (['before', 'after'] as const).flatMap((side) => { const values = recordings[side]?.series('standing', EVERY_S); return values === undefined ? [] : [{ side, values }] })
  const most = Math.max(1, ...lines.flatMap(({ values }) => values))
  for (const { side, values } of lines) {
    context.strokeStyle = colourOf(side === 'before' ? '--run-before' : '--run-after')
    context.lineWidth = 1.6
    context.setLineDash(side === 'before' ? [4, 3] : [])
    context.beginPath()
    values.forEach((value, i) => context.lineTo(((i * EVERY_S) / (until_s - from_s)) * wide, tall - 2 - (value / most) * (tall - 5)))
    context.stroke()
  }
}
