// The canvases of the diagram: one opaque plane that stays while a signal is dragged, one transparent live layer above it, one ruler. One frame for all.
import { paintLive, type LivePicture } from './paint-live.ts'
import { paintPlane, paintRuler, type PlanePicture } from './paint-plane.ts'
import type { Colours } from './colours.ts'
import type { Projection } from '../../diagram/view.ts'

export interface RulerPicture { projection: Projection; cycle_s: number | undefined; colours: Colours; label: string }
type LayerName = 'plane' | 'live' | 'ruler'

/** More only costs time where nobody sees it. */
const MOST_RATIO = 2

export class Painter {
  readonly #contexts: Record<LayerName, CanvasRenderingContext2D>
  #pictures: { plane?: PlanePicture; live?: LivePicture; ruler?: RulerPicture } = {}
  #dirty = new Set<LayerName>()
  #frame: number | undefined

  constructor(canvases: Record<LayerName, HTMLCanvasElement>) {
    this.#contexts = { plane: canvases.plane.getContext('2d', { alpha: false })!, live: canvases.live.getContext('2d')!, ruler: canvases.ruler.getContext('2d', { alpha: false })! }
  }

  show(pictures: { plane?: PlanePicture; live?: LivePicture; ruler?: RulerPicture }): void {
    Object.assign(this.#pictures, pictures)
    for (const name of Object.keys(pictures) as LayerName[]) this.#dirty.add(name)
    this.#frame ??= requestAnimationFrame(() => this.#paint())
  }

  close(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
  }

  #paint(): void {
    this.#frame = undefined
    const dirty = this.#dirty
    this.#dirty = new Set()
    const { plane, live, ruler } = this.#pictures
    const ratio = Math.min(MOST_RATIO, devicePixelRatio)
    for (const name of dirty) fit(this.#contexts[name].canvas, ratio)
    if (live !== undefined && dirty.has('live')) paintLive(this.#contexts.live, live, ratio)
    if (ruler !== undefined && dirty.has('ruler')) paintRuler(this.#contexts.ruler, ruler.projection, ruler.cycle_s, ruler.colours, ratio, ruler.label)
    if (plane !== undefined && dirty.has('plane') && paintPlane(this.#contexts.plane, plane, ratio)) {
      this.#dirty.add('plane')
      this.#frame ??= requestAnimationFrame(() => this.#paint())
    }
  }
}

/** As many pixels as the screen has; a change clears the canvas, so only where it differs. */
function fit(canvas: HTMLCanvasElement, ratio: number): void {
  const [width, height] = [Math.max(1, Math.round(canvas.clientWidth * ratio)), Math.max(1, Math.round(canvas.clientHeight * ratio))]
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
}
