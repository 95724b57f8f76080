// The diagram on the screen: canvases, ruler, names at the left, the pointer. Everything it shows it reads from the desk; it keeps nothing of its own.
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { project, type Projection } from '../../diagram/view.ts'
import type { Direction } from '../../model/plan.ts'
import { cursor } from '../shell/cursor.ts'
import { plainSeconds, seconds, speed } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { readColours, type Colours } from './colours.ts'
import { shown, type Desk } from './desk.ts'
import { bandText, movedText } from './figures.ts'
import { holdDiagram } from './hold.ts'
import { numberOf } from './identity.ts'
import { Labels } from './labels.tsx'
import { Minimap } from './minimap.tsx'
import { Painter } from './painter.ts'
import { RULER_PX } from './paint-plane.ts'
import { SignalGrid } from './grid.tsx'
import { densityOf } from './density.ts'
import type { Sources } from './sources.ts'
import { stopsOf, TrajectoryLayer, vehicleAt, type TrajectoryPicture } from './trajectory-layer.ts'
import { styleOf, type openVehicles } from './vehicles.ts'
import { words } from './words.ts'

/** Room for the names; swapped, for their cards above. */
export const LABELS_PX = { upright: 268, swapped: 96 } as const

interface Props { desk: Desk; vehicles: ReturnType<typeof openVehicles>; sources: Sources; now_s: ReadonlySignal<number | undefined> }

export function Diagram({ desk, vehicles, sources, now_s }: Props) {
  const root = useRef<HTMLDivElement>(null)
  const plane = useRef<HTMLCanvasElement>(null)
  const whole = useRef<HTMLCanvasElement>(null)
  const live = useRef<HTMLCanvasElement>(null)
  const ruler = useRef<HTMLCanvasElement>(null)
  const size = useMemo(() => signal({ width: 0, height: 0 }), [])
  const colours = useMemo(() => signal<Colours | undefined>(undefined), [])
  const vehicle = useMemo(() => signal<{ index: number; x: number; y: number } | undefined>(undefined), [])
  const projection = useMemo(() => computed<Projection | undefined>(() => {
    const { width, height } = size.value
    return width === 0 || height === 0 ? undefined : project(desk.view.value, desk.axis.value, width, height, shown.swapped.value)
  }), [desk])
  const picture = useMemo(() => computed<TrajectoryPicture | undefined>(() => {
    const [own, palette] = [vehicles.vehicles.value, colours.value]
    return own === undefined || palette === undefined ? undefined : { columns: own.columns, ...styleOf(own.columns, shown.colour.value, palette), fold_s: shown.folded.value ? desk.scene.value.cycle_s : undefined }
  }), [desk, vehicles])
  const hand = useMemo(() => holdDiagram(desk, () => projection.peek(), (a, b) => {
    const [own, at] = [picture.peek(), projection.peek()]
    if (own === undefined || at === undefined) return
    const index = vehicleAt(own, at, a, b)
    const [x, y] = at.screen(a, b)
    vehicle.value = index === undefined ? undefined : { index, x, y }
  }), [desk])

  useEffect(() => watchSize(plane.current!, (width, height) => { size.value = { width, height } }), [])
  useEffect(() => {
    const read = (): void => { colours.value = readColours(root.current!) }
    read()
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', read)
    const theme = new MutationObserver(read)
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] })
    return () => {
      scheme.removeEventListener('change', read)
      theme.disconnect()
    }
  }, [])
  useEffect(() => paintEverything({ desk, vehicles, sources, now_s, projection, colours, picture, painter: new Painter({ plane: plane.current!, whole: whole.current!, live: live.current!, ruler: ruler.current! }) }), [desk])
  // Passive listeners of wheels could not keep the page from scrolling.
  useEffect(() => {
    const element = live.current!
    const turn = (event: WheelEvent): void => hand.wheel(event as WheelEvent & { currentTarget: HTMLElement })
    element.addEventListener('wheel', turn, { passive: false })
    return () => element.removeEventListener('wheel', turn)
  }, [hand])
  useEffect(() => {
    const escape = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && hand.giveUp()) event.stopPropagation()
    }
    addEventListener('keydown', escape, true)
    return () => removeEventListener('keydown', escape, true)
  }, [hand])

  const swapped = shown.swapped.value
  const pointer = { onPointerMove: hand.move, onPointerUp: hand.up, onPointerCancel: hand.giveUp, onLostPointerCapture: () => hand.up(), onPointerLeave: hand.leave }
  return (
    <div class={`ts-diagram${swapped ? ' ts-swapped' : ''}`} ref={root} style={{ '--labels': `${LABELS_PX[swapped ? 'swapped' : 'upright']}px`, '--ruler': `${RULER_PX[swapped ? 'swapped' : 'upright']}px` }}>
      <Labels desk={desk} projection={projection} hand={hand} />
      <canvas class="ts-ruler" ref={ruler} aria-hidden="true" onPointerDown={hand.downRuler} {...pointer} />
      <div class="ts-plot">
        <canvas class="ts-plane" ref={plane} aria-hidden="true" />
        <canvas class="ts-whole" ref={whole} aria-hidden="true" />
        <canvas class="ts-live" ref={live} aria-hidden="true" onPointerDown={hand.down} {...pointer} />
        <VehicleCard desk={desk} vehicles={vehicles} vehicle={vehicle} />
      </div>
      <Minimap desk={desk} projection={projection} />
      <SignalGrid desk={desk} />
    </div>
  )
}

function watchSize(element: HTMLElement, told: (width: number, height: number) => void): () => void {
  const observer = new ResizeObserver(() => told(element.clientWidth, element.clientHeight))
  observer.observe(element)
  told(element.clientWidth, element.clientHeight)
  return () => observer.disconnect()
}

interface Painting extends Props {
  projection: ReadonlySignal<Projection | undefined>
  colours: ReadonlySignal<Colours | undefined>
  picture: ReadonlySignal<TrajectoryPicture | undefined>
  painter: Painter
}

/** Each effect reads only what its layer shows, so that a drag repaints the live layer alone. */
function paintEverything({ desk, vehicles, sources, now_s, projection, colours, picture, painter }: Painting): () => void {
  const layer = new TrajectoryLayer()
  const density = densityOf(desk, vehicles, projection)
  // The stop lines do not move while one drags, so the grid needs the scene of the original alone.
  const still = desk.ghost
  const stops = [
    effect(() => {
      const [at, palette] = [projection.value, colours.value]
      if (at === undefined || palette === undefined) return
      const drawn = density.picture.value
      const own = picture.value
      const queues = vehicles.vehicles.value?.queues
      const held = desk.held.value !== undefined
      painter.show({ plane: {
        scene: { ...still, cycle_s: desk.scene.peek().cycle_s }, projection: at, colours: palette, moving: desk.moving.value,
        trajectories: own === undefined || density.wanted.value ? undefined : { ...own, key: keyOf(own, palette), layer },
        density: density.wanted.value ? drawn : undefined,
        queues: shown.noQueues.value ? undefined : queues,
        // While something is held the estimate of a moment ago stays: the plane is not painted for it.
        profiles: shown.noQueues.value || queues !== undefined ? [] : (held ? desk.session.preview.peek() : desk.session.preview.value)?.queues ?? [],
      } })
    }),
    effect(() => {
      const [at, palette] = [projection.value, colours.value]
      if (at === undefined || palette === undefined) return
      const held = desk.held.value
      const own = sources.scene.value
      painter.show({ live: {
        scene: own ?? desk.scene.value, ghost: own === undefined && desk.changed.value ? desk.ghost : undefined, other: sources.beside.value, projection: at, colours: palette, selected: desk.selected.value, focused: desk.focused.value,
        hovered: cursor.value === undefined ? undefined : { signal: cursor.value.signal, time_s: cursor.value.time_s }, pedestrians: shown.pedestrians.value, bandsShown: shown.bands.value, now_s: now_s.value, labels: bandText,
        dragging: held === undefined ? undefined : { text: movedText(held.moved), time_s: held.time_s, position_m: held.position_m }, greens: sources.greens.value,
      } })
    }),
    effect(() => {
      const [at, palette, cycle_s] = [projection.value, colours.value, desk.scene.value.cycle_s]
      if (at !== undefined && palette !== undefined) painter.show({ ruler: { projection: at, cycle_s, colours: palette, label: cycle_s === undefined ? '' : words().cycleLabel(plainSeconds(cycle_s)) } })
    }),
  ]
  return () => {
    for (const stop of stops) stop()
    density.close()
    painter.close()
  }
}

/** What a bitmap was drawn of: the same vehicles in the same colours. */
function keyOf(own: TrajectoryPicture, palette: Colours): string {
  return `${numberOf(own.columns)}-${numberOf(own.classes)}-${numberOf(palette)}-${shown.equal.value}-${shown.swapped.value}-${own.fold_s ?? ''}`
}

/** One vehicle with its stops, beside the pointer. */
function VehicleCard({ desk, vehicles, vehicle }: { desk: Desk; vehicles: Props['vehicles']; vehicle: ReadonlySignal<{ index: number; x: number; y: number } | undefined> }) {
  const [at, own] = [vehicle.value, vehicles.vehicles.value]
  if (at === undefined || own === undefined || at.index >= own.columns.directions.length) return null
  const { columns } = own
  const stops = stopsOf(columns, at.index)
  const direction: Direction = columns.directions[at.index] === 0 ? 'outbound' : 'inbound'
  return (
    <div class="ts-vehicle" style={{ left: `${at.x + 14}px`, top: `${at.y + 14}px` }}>
      <strong>{words().direction[direction]}</strong> {words().vehicleTold(words().vehicleStops(columns.stops[at.index]!), speed(columns.mean_speed_mps[at.index]!))}
      <ul>{stops.slice(0, 8).map((stop) => <li key={stop.at_s}>{words().stopTold(nearestName(desk, stop.position_m, direction), seconds(stop.lasted_s))}</li>)}</ul>
    </div>
  )
}

/** The stop line that a vehicle stands before. */
function nearestName({ street }: Desk, position_m: number, direction: Direction): string {
  const ahead = street.stations.filter((station) => (direction === 'outbound' ? station.position_m >= position_m - 15 : station.position_m <= position_m + 15))
  const next = direction === 'outbound' ? ahead[0] : ahead.at(-1)
  return next === undefined ? '' : named(next.name)
}
