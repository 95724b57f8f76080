// One side of playback: the streets of a run at an instant, moved and zoomed together with the other side.
import { effect, useSignal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { colourOf, colourScheme } from '../map/palette.ts'
import { panned, toMetres, zoomed, type Size, type View } from '../map/view.ts'
import { carAt, paintGround, paintInstant, type Ground } from './paint-run.ts'
import type { Recording } from './recording.ts'

export interface PaneProps {
  name: string
  ground: Ground
  /** What lies behind, of the size of the pane. */
  backdrop: (size: Signal<Size>) => ComponentChildren
  recording: () => Recording | undefined
  /** Read so that the pane paints when something came. */
  grown: ReadonlySignal<number>
  time: ReadonlySignal<number>
  view: Signal<View>
  size: Signal<Size>
  followed: Signal<number | undefined>
  fit: () => void
}

const CLICK_PX = 4
/** A vehicle is found so far from the pointer. */
export const FINGER_PX = 14

export function Pane({ name, ground, backdrop, recording, grown, time, view, size, followed, fit }: PaneProps) {
  const host = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const own = useSignal<Size>(size.value)
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect
      if (width > 0 && height > 0) own.value = size.value = { width, height }
    })
    observer.observe(host.current!)
    return () => observer.disconnect()
  }, [])
  useEffect(() => painter(canvas.current!, { ground, recording, grown, time, view, size: own, followed }), [ground])
  useEffect(() => {
    const turn = (event: WheelEvent): void => {
      event.preventDefault()
      const { left, top } = host.current!.getBoundingClientRect()
      view.value = zoomed(view.value, own.value, [event.clientX - left, event.clientY - top], Math.exp(-event.deltaY / 400))
    }
    host.current!.addEventListener('wheel', turn, { passive: false })
    return () => host.current?.removeEventListener('wheel', turn)
  }, [])
  const drag = useRef<{ x: number; y: number; from: View; far: boolean } | undefined>(undefined)
  const pixel = (event: PointerEvent): [number, number] => {
    const { left, top } = host.current!.getBoundingClientRect()
    return [event.clientX - left, event.clientY - top]
  }
  const key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const middle: [number, number] = [own.value.width / 2, own.value.height / 2]
    // Arrows alone move in time; with Shift they move the street.
    const steps: Record<string, () => View> = {
      '+': () => zoomed(view.value, own.value, middle, 1.4), '=': () => zoomed(view.value, own.value, middle, 1.4), '-': () => zoomed(view.value, own.value, middle, 1 / 1.4),
      ...(event.shiftKey ? { ArrowLeft: () => panned(view.value, 60, 0), ArrowRight: () => panned(view.value, -60, 0), ArrowUp: () => panned(view.value, 0, 60), ArrowDown: () => panned(view.value, 0, -60) } : {}),
    }
    if (event.key === 'f' || event.key === '0') fit()
    else if (steps[event.key] !== undefined) view.value = steps[event.key]!()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="play-pane" ref={host} tabIndex={0} role="group" aria-label={name} onKeyDown={key}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        const [x, y] = pixel(event)
        drag.current = { x, y, from: view.value, far: false }
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        const { current } = drag
        if (current === undefined) return
        const [x, y] = pixel(event)
        current.far ||= Math.hypot(x - current.x, y - current.y) > CLICK_PX
        if (current.far) view.value = panned(current.from, x - current.x, y - current.y)
      }}
      onPointerUp={(event) => {
        const { current } = drag
        drag.current = undefined
        if (current === undefined || current.far) return
        followed.value = carAt(recording()?.carsAt(time.value) ?? [], toMetres(view.value, own.value, pixel(event)), FINGER_PX / view.value.scale)
      }}
      onPointerCancel={() => { drag.current = undefined }}>
      {backdrop(own)}
      <canvas ref={canvas} class="play-canvas" aria-hidden="true" />
    </div>
  )
}

/** At most once a frame; streets are kept as a picture until the view changes. */
function painter(canvas: HTMLCanvasElement, { ground, recording, grown, time, view, size, followed }: Pick<PaneProps, 'ground' | 'recording' | 'grown' | 'time' | 'view' | 'followed'> & { size: Signal<Size> }): () => void {
  const kept = document.createElement('canvas')
  let keptOf = ''
  let frame = 0
  const paint = (): void => {
    frame = 0
    const ratio = devicePixelRatio
    const [width, height] = [Math.round(size.value.width * ratio), Math.round(size.value.height * ratio)]
    for (const one of [canvas, kept]) if (one.width !== width || one.height !== height) { Object.assign(one, { width, height }); keptOf = '' }
    const of = `${view.value.x} ${view.value.y} ${view.value.scale} ${colourScheme.value}`
    const painting = { view: view.value, size: size.value, palette: colourOf }
    if (of !== keptOf) {
      const below = kept.getContext('2d')!
      below.setTransform(ratio, 0, 0, ratio, 0, 0)
      below.clearRect(0, 0, size.value.width, size.value.height)
      paintGround(ground, { ...painting, context: below })
      keptOf = of
    }
    const context = canvas.getContext('2d')!
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.clearRect(0, 0, width, height)
    context.drawImage(kept, 0, 0)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const run = recording()
    const place = run === undefined || run.rows === 0 ? undefined : paintInstant(run, Math.min(time.value, run.until_s), followed.value, { ...painting, context })
    canvas.dataset['followed'] = place?.map(Math.round).join(' ') ?? ''
    canvas.dataset['time'] = String(time.value)
  }
  const stop = effect(() => {
    void [time.value, view.value, size.value, followed.value, grown.value, colourScheme.value]
    if (frame === 0) frame = requestAnimationFrame(paint)
  })
  return () => {
    stop()
    cancelAnimationFrame(frame)
  }
}
