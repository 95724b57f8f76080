// Where the map is drawn: a canvas at once, the library over it when it has come; moved, zoomed and asked alike, by mouse and by keyboard.
import './map.css'
import { effect, useSignal, type ReadonlySignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Point } from '../../model/network.ts'
import { language, named } from '../words/language.ts'
import type { Hand, LibraryMap } from './library-map.ts'
import { paintMap } from './paint-map.ts'
import { colourOf, colourScheme } from './palette.ts'
import type { MapScene } from './scene.ts'
import { panned, toMetres, zoomed, type Size, type View } from './view.ts'
import { words } from './words.ts'

export interface StageProps {
  scene: ReadonlySignal<MapScene>
  view: Signal<View>
  size: Signal<Size>
  /** 'canvas' never asks for the library. */
  engine: 'library' | 'canvas'
  tiles?: string | undefined
  onHover: (at: Point | undefined) => void
  onClick: (at: Point) => void
  fit: () => void
}

/** Nothing flies through the air for a finger's tremble, px. */
const CLICK_PX = 4

export const hasWebgl = (): boolean => {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null
  } catch {
    return false
  }
}

export function Stage({ scene, view, size, engine, tiles, onHover, onClick, fit }: StageProps) {
  const host = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const library = useRef<HTMLDivElement>(null)
  const shown = useSignal<'canvas' | 'library'>('canvas')
  useEffect(() => watchSize(host.current!, size), [])
  useEffect(() => paintOnCanvas(canvas.current!, { scene, view, size, shown }), [])
  useEffect(() => (engine === 'library' ? openLibrary(library.current!, { scene, view, shown, tiles, hand: { onHover, onClick } }) : undefined), [engine, tiles, scene.value.streets])
  useEffect(() => listenWheel(canvas.current!, view, size), [])
  const drag = useRef<{ x: number; y: number; from: View; far: boolean } | undefined>(undefined)
  const pixel = (event: PointerEvent): [number, number] => {
    const { left, top } = host.current!.getBoundingClientRect()
    return [event.clientX - left, event.clientY - top]
  }
  const key = (event: KeyboardEvent): void => {
    const { width, height } = size.value
    const steps: Record<string, () => View | undefined> = {
      'ArrowLeft': () => panned(view.value, 60, 0), 'ArrowRight': () => panned(view.value, -60, 0), 'ArrowUp': () => panned(view.value, 0, 60), 'ArrowDown': () => panned(view.value, 0, -60),
      '+': () => zoomed(view.value, size.value, [width / 2, height / 2], 1.4), '=': () => zoomed(view.value, size.value, [width / 2, height / 2], 1.4), '-': () => zoomed(view.value, size.value, [width / 2, height / 2], 1 / 1.4),
      'f': () => { fit(); return undefined }, '0': () => { fit(); return undefined },
    }
    const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : steps[event.key]
    if (step === undefined || event.target !== host.current) return
    event.preventDefault()
    event.stopPropagation()
    view.value = step() ?? view.value
  }
  return (
    <div class="map-stage" ref={host} tabIndex={0} role="group" aria-label={words().map} data-engine={shown.value} onKeyDown={key}>
      <canvas ref={canvas} class="map-canvas" aria-hidden="true" hidden={shown.value === 'library'}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          const [x, y] = pixel(event)
          drag.current = { x, y, from: view.value, far: false }
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={(event) => {
          const [x, y] = pixel(event)
          const { current } = drag
          if (current === undefined) return onHover(toMetres(view.value, size.value, [x, y]))
          current.far ||= Math.hypot(x - current.x, y - current.y) > CLICK_PX
          if (current.far) view.value = panned(current.from, x - current.x, y - current.y)
        }}
        onPointerUp={(event) => {
          const { current } = drag
          drag.current = undefined
          if (current !== undefined && !current.far) onClick(toMetres(view.value, size.value, pixel(event)))
        }}
        onPointerCancel={() => { drag.current = undefined }}
        onPointerLeave={() => onHover(undefined)} />
      <div ref={library} class="map-library" hidden={shown.value === 'canvas'} />
    </div>
  )
}

/** The map behind something that moves it and is asked in its place. */
export function Backdrop({ scene, view, size, engine, tiles }: Pick<StageProps, 'scene' | 'view' | 'size' | 'engine' | 'tiles'>) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const library = useRef<HTMLDivElement>(null)
  const shown = useSignal<'canvas' | 'library'>('canvas')
  useEffect(() => paintOnCanvas(canvas.current!, { scene, view, size, shown }), [])
  useEffect(() => (engine === 'library' ? openLibrary(library.current!, { scene, view, shown, tiles }) : undefined), [engine, tiles])
  return (
    <div class="map-backdrop" aria-hidden="true" data-engine={shown.value}>
      <canvas ref={canvas} class="map-canvas" hidden={shown.value === 'library'} />
      <div ref={library} class="map-library" hidden={shown.value === 'canvas'} />
    </div>
  )
}

function watchSize(host: HTMLElement, size: Signal<Size>): () => void {
  const observer = new ResizeObserver(([entry]) => {
    const { width, height } = entry!.contentRect
    if (width > 0 && height > 0) size.value = { width, height }
  })
  observer.observe(host)
  return () => observer.disconnect()
}

function listenWheel(canvas: HTMLCanvasElement, view: Signal<View>, size: Signal<Size>): () => void {
  const turn = (event: WheelEvent): void => {
    event.preventDefault()
    const { left, top } = canvas.getBoundingClientRect()
    view.value = zoomed(view.value, size.value, [event.clientX - left, event.clientY - top], Math.exp(-event.deltaY / 400))
  }
  // Not by attribute: those may not keep the page from scrolling.
  canvas.addEventListener('wheel', turn, { passive: false })
  return () => canvas.removeEventListener('wheel', turn)
}

function paintOnCanvas(canvas: HTMLCanvasElement, { scene, view, size, shown }: Pick<StageProps, 'scene' | 'view' | 'size'> & { shown: Signal<string> }): () => void {
  let frame = 0
  const paint = (): void => {
    frame = 0
    const { width, height } = size.value
    const ratio = devicePixelRatio
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) })
    const context = canvas.getContext('2d')!
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    paintMap(scene.value, { context, view: view.value, size: size.value, palette: colourOf, say: named })
    canvas.dataset['painted'] = String(Number(canvas.dataset['painted'] ?? '0') + 1)
  }
  const stop = effect(() => {
    // What it is painted from, so that a change of any of it paints once a frame.
    void [scene.value, view.value, size.value, language.value, colourScheme.value]
    if (shown.value === 'canvas' && frame === 0) frame = requestAnimationFrame(paint)
  })
  return () => {
    stop()
    cancelAnimationFrame(frame)
  }
}

type Layer = Pick<StageProps, 'scene' | 'view' | 'tiles'> & { shown: Signal<'canvas' | 'library'>; hand?: Omit<Hand, 'onView'> }

function openLibrary(host: HTMLElement, { scene, view, shown, tiles, hand }: Layer): () => void {
  let open: LibraryMap | undefined
  let closed = false
  let own: View | undefined
  const stops: (() => void)[] = []
  const begin = async (): Promise<void> => {
    const { openLibraryMap } = await import('./library-map.ts')
    host.hidden = false
    const map = await openLibraryMap(host, { streets: scene.value.streets, view: view.value, palette: colourOf, say: named, tiles, bare: scene.value.bare, hand: hand && { ...hand, onView: (next) => { own = next; view.value = next } } })
    if (closed) return map.close()
    open = map
    shown.value = 'library'
    stops.push(effect(() => map.show(scene.value)))
    stops.push(effect(() => { if (view.value !== own) map.setView(view.value) }))
    let first = true
    stops.push(effect(() => {
      void [language.value, colourScheme.value]
      if (!first) map.restyle(scene.peek())
      first = false
    }))
  }
  // Without WebGL, or where the library did not come, the canvas goes on.
  begin().catch((error: unknown) => {
    host.hidden = true
    host.dataset['why'] = String(error)
    shown.value = 'canvas'
  })
  return () => {
    closed = true
    stops.forEach((stop) => stop())
    open?.close()
    shown.value = 'canvas'
  }
}
