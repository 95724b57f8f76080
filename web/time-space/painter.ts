// The canvases of the diagram: one opaque plane that stays while a signal is dragged; above it, transparent, the bands from end to end and what follows the
// hand; one ruler. One frame for all, and of the live layer only what changed.
import { placeLabels, type Labels } from './band-labels.ts'
import { damageOf, type Mark } from './damage.ts'
import { groundOf, marksOf, wholeKeyOf } from './live-marks.ts'
import type { LivePicture } from './live-picture.ts'
import { paintLive, paintWholeBands } from './paint-live.ts'
import { paintPlane, paintRuler, type PlanePicture } from './paint-plane.ts'
import type { Colours } from './colours.ts'
import type { Projection } from '../../diagram/view.ts'

export interface RulerPicture { projection: Projection; cycle_s: number | undefined; colours: Colours; label: string }
type LayerName = 'plane' | 'whole' | 'live' | 'ruler'
type PictureName = Exclude<LayerName, 'whole'>

/** More only costs time where nobody sees it. */
const MOST_RATIO = 2

export class Painter {
  readonly #contexts: Record<LayerName, CanvasRenderingContext2D>
  #pictures: { plane?: PlanePicture; live?: LivePicture; ruler?: RulerPicture } = {}
  #dirty = new Set<PictureName>()
  #frame: number | undefined
  /** What stands on the live layers. */
  #ground: readonly unknown[] = []
  #marks = new Map<string, Mark>()
  #whole = ''

  constructor(canvases: Record<LayerName, HTMLCanvasElement>) {
    this.#contexts = { plane: canvases.plane.getContext('2d', { alpha: false })!, whole: canvases.whole.getContext('2d')!, live: canvases.live.getContext('2d')!, ruler: canvases.ruler.getContext('2d', { alpha: false })! }
  }

  show(pictures: { plane?: PlanePicture; live?: LivePicture; ruler?: RulerPicture }): void {
    Object.assign(this.#pictures, pictures)
    for (const name of Object.keys(pictures) as PictureName[]) this.#dirty.add(name)
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
    for (const name of dirty) if (fit(this.#contexts[name].canvas, ratio) && name === 'live') this.#ground = []
    if (live !== undefined && dirty.has('live')) this.#paintLive(live, ratio)
    if (ruler !== undefined && dirty.has('ruler')) paintRuler(this.#contexts.ruler, ruler.projection, ruler.cycle_s, ruler.colours, ratio, ruler.label)
    if (plane !== undefined && dirty.has('plane') && paintPlane(this.#contexts.plane, plane, ratio)) {
      this.#dirty.add('plane')
      this.#frame ??= requestAnimationFrame(() => this.#paint())
    }
  }

  #paintLive(live: LivePicture, ratio: number): void {
    const { other, projection, scene } = live
    const context = this.#contexts.live
    const scenes = other?.as === 'split' ? [scene, other.scene] : [scene]
    const labels: Labels = new Map(scenes.map((one) => [one, placeLabels(context, live, one)]))
    const ground = groundOf(live, ratio)
    const same = ground.length === this.#ground.length && ground.every((one, i) => one === this.#ground[i])
    const layer = { a0: 0, b0: 0, a1: projection.length, b1: projection.breadth }
    const marks = marksOf(context, live, labels.get(scene)!)
    // Beside another plan both are painted whole.
    paintLive(context, live, ratio, same && other === undefined ? damageOf(this.#marks, marks, layer, ratio) : [layer], labels)
    const whole = scenes.map((one) => wholeKeyOf(live, one)).join()
    fit(this.#contexts.whole.canvas, ratio)
    if (!same || whole !== this.#whole) paintWholeBands(this.#contexts.whole, live, ratio)
    this.#ground = ground
    this.#marks = marks
    this.#whole = whole
  }
}

/** As many pixels as the screen has; a change clears the canvas, so only where it differs, which is said. */
function fit(canvas: HTMLCanvasElement, ratio: number): boolean {
  const [width, height] = [Math.max(1, Math.round(canvas.clientWidth * ratio)), Math.max(1, Math.round(canvas.clientHeight * ratio))]
  const other = canvas.width !== width || canvas.height !== height
  if (other) Object.assign(canvas, { width, height })
  return other
}
