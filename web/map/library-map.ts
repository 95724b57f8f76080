// The map by MapLibre: everything drawn is our own, names come from fonts of the computer, and no other host is asked unless the operator set a tile address.
// Loaded only where a map is shown; the canvas shows the same until it is there.
import 'maplibre-gl/dist/maplibre-gl.css'
import { type GeoJSONSource, Map as MapLibre, type MapMouseEvent, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import type { Point } from '../../model/network.ts'
import { sourcesOf, styleOf } from './library-style.ts'
import type { MapScene, Palette } from './scene.ts'
import type { Streets } from './streets.ts'
import type { View } from './view.ts'

setWorkerUrl(workerUrl)

export interface LibraryMap {
  show: (scene: MapScene) => void
  /** After colours or the language have changed. */
  restyle: (scene: MapScene) => void
  setView: (view: View) => void
  close: () => void
}

export interface LibraryOptions {
  streets: Streets
  view: View
  palette: Palette
  say: (name: string) => string
  tiles?: string | undefined
  /** As in the scene: without the streets. */
  bare?: true | undefined
  /** Absent where it only lies behind something, which moves it. */
  hand?: Hand | undefined
}

export interface Hand {
  onView: (view: View) => void
  onHover: (at: Point | undefined) => void
  onClick: (at: Point) => void
}

/** Metres around the earth on the equator, and pixels of the world at zoom 0. */
const ROUND_M = 40_075_016.7
const WORLD_PX = 512

const zoomOf = (scale: number, lat_deg: number): number => Math.log2((scale * ROUND_M * Math.cos((lat_deg * Math.PI) / 180)) / WORLD_PX)
const scaleOf = (zoom: number, lat_deg: number): number => (WORLD_PX * 2 ** zoom) / (ROUND_M * Math.cos((lat_deg * Math.PI) / 180))

/** Rejects where the library finds no WebGL. */
export async function openLibraryMap(host: HTMLElement, options: LibraryOptions): Promise<LibraryMap> {
  const { streets, view, hand } = options
  const [lon, lat] = streets.toLonLat([view.x, view.y])
  const map = new MapLibre({
    container: host, style: styleOf(options) as never, center: [lon, lat], zoom: zoomOf(view.scale, lat), attributionControl: false, interactive: hand !== undefined, dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: 0, keyboard: false, maxPitch: 0,
    localIdeographFontFamily: '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif', canvasContextAttributes: { preserveDrawingBuffer: true },
  })
  if (hand !== undefined) map.touchZoomRotate.disableRotation()
  await new Promise<void>((resolve, reject) => {
    map.once('load', () => resolve())
    // Tiles that do not come leave the streets; a broken style or no WebGL leaves nothing.
    map.on('error', (event) => { if ((event as { sourceId?: string }).sourceId !== 'tiles') reject(event.error) })
  }).catch((error: unknown) => {
    map.remove()
    throw error
  })
  let quiet = false
  if (hand !== undefined) listen(map, streets, { ...hand, onView: (next) => { if (!quiet) hand.onView(next) } })
  const shown = new ShownScene(map)
  return {
    show: (scene) => shown.show(scene, options),
    restyle: (scene) => {
      map.setStyle(styleOf(options) as never, { diff: true })
      shown.forget()
      shown.show(scene, options)
    },
    setView: ({ x, y, scale }) => {
      quiet = true
      const [toLon, toLat] = streets.toLonLat([x, y])
      map.jumpTo({ center: [toLon, toLat], zoom: zoomOf(scale, toLat) })
      quiet = false
    },
    close: () => map.remove(),
  }
}

function listen(map: MapLibre, streets: Streets, { onView, onHover, onClick }: Hand): void {
  const metres = ({ lngLat }: MapMouseEvent): Point => streets.fromLonLat(lngLat.lng, lngLat.lat)
  map.on('move', () => {
    const { lng, lat } = map.getCenter()
    const [x, y] = streets.fromLonLat(lng, lat)
    onView({ x, y, scale: scaleOf(map.getZoom(), lat) })
  })
  map.on('mousemove', (event) => onHover(metres(event)))
  map.on('mouseout', () => onHover(undefined))
  map.on('click', (event) => onClick(metres(event)))
}

/** Tells the library only what has changed: the class of a link is a state of its feature, the rest are small sources. */
class ShownScene {
  readonly #map: MapLibre
  #links = new Map<string, string>()
  #sources = new Map<string, string>()

  constructor(map: MapLibre) {
    this.#map = map
  }

  forget(): void {
    this.#links = new Map()
    this.#sources = new Map()
  }

  show(scene: MapScene, { say }: Pick<LibraryOptions, 'say'>): void {
    const way = new Set(scene.way.links)
    for (const id of scene.bare === true ? [] : scene.streets.links.keys()) {
      const state = { level: scene.theme === 'movements' ? -1 : scene.classes.get(id) ?? -1, theme: scene.theme, old: scene.old.has(id), marked: scene.marked.link === id, way: way.has(id) }
      const text = JSON.stringify(state)
      if (this.#links.get(id) === text) continue
      this.#links.set(id, text)
      this.#map.setFeatureState({ source: 'links', id }, state)
    }
    for (const [name, data] of Object.entries(sourcesOf(scene, say))) {
      const text = JSON.stringify(data)
      if (this.#sources.get(name) === text) continue
      this.#sources.set(name, text)
      this.#map.getSource<GeoJSONSource>(name)?.setData(data as never)
    }
  }
}

