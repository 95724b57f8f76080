// The style of the library map: our own streets and nothing else, unless the operator has tiles. Widths follow the zoom, classes are states of features.
import { SERVICE_LETTERS, STYLES, THEMES, UNKNOWN, type ClassStyle } from './classes.ts'
import type { LibraryOptions } from './library-map.ts'
import { PLACE_PX, streetNames, type MapScene } from './scene.ts'

type Expression = unknown[]
interface Feature { type: 'Feature'; id?: string; properties: Record<string, unknown>; geometry: { type: string; coordinates: unknown } }
interface Collection { type: 'FeatureCollection'; features: Feature[] }

const EMPTY: Collection = { type: 'FeatureCollection', features: [] }
const collection = (features: Feature[]): Collection => ({ type: 'FeatureCollection', features })
/** Pixels per metre on the equator at zoom 0. */
const SCALE_0 = 512 / 40_075_016.7
const FONT = ['Noto Sans', 'Noto Sans CJK SC', 'sans-serif']
/** From this zoom on a carriageway is as wide as it is. */
const TRUE_FROM = 16

/** By zoom, as `streetWidth`: factor by class inside, since the zoom has to be outermost. */
const byZoom = (lat_deg: number, narrow: (px: number) => unknown, wide: (px: Expression) => unknown): Expression => {
  const scale = (zoom: number): number => (SCALE_0 * 2 ** zoom) / Math.cos((lat_deg * Math.PI) / 180)
  return ['interpolate', ['exponential', 2], ['zoom'], 11, narrow(1.6), 14.5, narrow(3.2), TRUE_FROM, wide(['max', 3.6, ['*', ['get', 'lanes'], 2.9 * scale(TRUE_FROM)]]), 22, wide(['*', ['get', 'lanes'], 2.9 * scale(22)])]
}

const TURN_WIDTH: Expression = ['interpolate', ['exponential', 2], ['zoom'], 14, 2.2, 20, 18]

const isLevel = (theme: string, level: number): Expression => ['all', ['==', ['feature-state', 'theme'], theme], ['==', ['feature-state', 'level'], level]]

function allClasses(): { theme: string; level: number; style: ClassStyle }[] {
  return THEMES.filter((theme) => theme !== 'movements').flatMap((theme) => STYLES[theme].map((style, level) => ({ theme, level, style })))
}

function linkLayers({ palette, streets, view }: LibraryOptions): object[] {
  const lat = streets.toLonLat([view.x, view.y])[1]
  const classes = allClasses()
  const match = (value: (style: ClassStyle) => unknown, unknown: unknown): Expression => ['case', ...classes.flatMap(({ theme, level, style }) => [isLevel(theme, level), value(style)]), unknown]
  const factor = match((style) => style.width, UNKNOWN.width)
  const width = byZoom(lat, (px) => ['*', px, factor], (px) => ['*', px, factor])
  const side = streets.drawing.driving_side === 'right' ? 1 : -1
  const aside = ['interpolate', ['linear'], ['zoom'], 11, side * 1.5, 14.5, side * 2.3, TRUE_FROM, side * 1.2, 18, 0]
  const known = ['>=', ['coalesce', ['feature-state', 'level'], -1], 0]
  const faded = ['case', ['boolean', ['feature-state', 'old'], false], 0.45, 1]
  const line = (id: string, paint: object): object => ({ id, type: 'line', source: 'links', layout: { 'line-join': 'round', 'line-cap': 'butt' }, paint: { 'line-offset': aside, ...paint } })
  const patterns = [...new Map(classes.map(({ style }) => [JSON.stringify(style.pattern), style.pattern])).values()].filter((pattern) => pattern !== 'none')
  const where = (state: string): Expression => ['case', ['boolean', ['feature-state', state], false], 1, 0]
  return [
    line('way', { 'line-color': palette('--way'), 'line-width': byZoom(lat, (px) => px + 9, (px) => ['+', px, 9]), 'line-opacity': where('way') }),
    line('casing', { 'line-color': palette('--road-edge'), 'line-width': byZoom(lat, (px) => px + 2, (px) => ['+', px, 2]) }),
    line('marked', { 'line-color': palette('--ink'), 'line-width': byZoom(lat, (px) => px + 5, (px) => ['+', px, 5]), 'line-opacity': where('marked') }),
    line('unknown', { 'line-color': palette(UNKNOWN.colour), 'line-width': width, 'line-dasharray': [3, 2], 'line-opacity': ['case', known, 0, 1] }),
    line('streets', { 'line-color': match(({ colour }) => palette(colour), palette(UNKNOWN.colour)), 'line-width': width, 'line-opacity': ['case', known, faded, 0] }),
    ...patterns.map((pattern, i) => line(`pattern-${i}`, {
      'line-color': palette('--pattern'), 'line-width': byZoom(lat, (px) => Math.max(0.8, px * 0.3), (px) => ['*', px, 0.3]), ...(pattern === 'solid' ? {} : { 'line-dasharray': pattern.map((times) => times * 2.5) }),
      'line-opacity': ['case', ['any', ...classes.filter(({ style }) => JSON.stringify(style.pattern) === JSON.stringify(pattern)).map(({ theme, level }) => isLevel(theme, level))], faded, 0],
    })),
  ]
}

/** The whole style with the streets in it; what changes comes by `sourcesOf`. */
export function styleOf(options: LibraryOptions): object {
  const { streets, palette, tiles, bare } = options
  const ink = { 'text-color': palette('--ink'), 'text-halo-color': palette('--land'), 'text-halo-width': 1.6 }
  const text = (size: number): object => ({ 'text-font': FONT, 'text-size': size })
  return {
    version: 8,
    sources: {
      links: { type: 'geojson', promoteId: 'id', data: collection([...streets.links.values()].map(({ id, lanes, points_m }) => ({ type: 'Feature', properties: { id, lanes }, geometry: { type: 'LineString', coordinates: points_m.map(streets.toLonLat) } }))) },
      ...Object.fromEntries(['names', 'turns', 'places', 'signals'].map((name) => [name, { type: 'geojson', data: EMPTY }])),
      ...(tiles === undefined || !streets.onGlobe ? {} : { tiles: { type: 'raster', tiles: [tiles], tileSize: 256 } }),
    },
    layers: [
      { id: 'land', type: 'background', paint: { 'background-color': palette('--land') } },
      ...(tiles === undefined || !streets.onGlobe ? [] : [{ id: 'tiles', type: 'raster', source: 'tiles', paint: { 'raster-opacity': 0.7 } }]),
      ...(bare === true ? [] : linkLayers(options)),
      { id: 'turns-unknown', type: 'line', source: 'turns', filter: ['<', ['get', 'level'], 0], minzoom: 13.5, paint: { 'line-color': palette(UNKNOWN.colour), 'line-width': TURN_WIDTH, 'line-dasharray': [2, 1.4] } },
      { id: 'turns', type: 'line', source: 'turns', filter: ['>=', ['get', 'level'], 0], minzoom: 13.5, layout: { 'line-cap': 'round' }, paint: { 'line-color': ['match', ['get', 'level'], ...STYLES.movements.flatMap(({ colour }, level) => [level, palette(colour)]), palette(UNKNOWN.colour)], 'line-width': TURN_WIDTH } },
      { id: 'turn-letters', type: 'symbol', source: 'turns', minzoom: 16, layout: { ...text(11), 'text-field': ['get', 'letter'], 'symbol-placement': 'line-center', 'text-rotation-alignment': 'viewport' }, paint: ink },
      { id: 'names', type: 'symbol', source: 'names', minzoom: 12, layout: { ...text(12), 'text-field': ['get', 'name'], 'symbol-placement': 'line-center', 'text-offset': [0, -1.5], 'text-max-angle': 60 }, paint: ink },
      { id: 'place-links', type: 'line', source: 'places', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': palette('--ink'), 'line-width': 1.2, 'line-dasharray': [2, 2] } },
      { id: 'place-discs', type: 'circle', source: 'places', filter: ['all', ['==', ['geometry-type'], 'Point'], ['==', ['get', 'kind'], 'place']], paint: { 'circle-radius': 10, 'circle-color': palette('--ink'), 'circle-translate': [0, -PLACE_PX.above] } },
      // A square by its sign: the library has no other shape of its own.
      { id: 'card-squares', type: 'symbol', source: 'places', filter: ['all', ['==', ['geometry-type'], 'Point'], ['==', ['get', 'kind'], 'treatment']], layout: { 'text-font': FONT, 'text-size': 25, 'text-field': '■', 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': palette('--brand'), 'text-halo-color': palette('--panel'), 'text-halo-width': 1.5, 'text-translate': [0, -1 - PLACE_PX.above] } },
      { id: 'place-numbers', type: 'symbol', source: 'places', filter: ['==', ['geometry-type'], 'Point'], layout: { ...text(11), 'text-field': ['to-string', ['get', 'number']], 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': palette('--panel'), 'text-translate': [0, -PLACE_PX.above] } },
      {
        id: 'signals', type: 'circle', source: 'signals',
        paint: {
          'circle-radius': ['interpolate', ['exponential', 2], ['zoom'], 11, ['case', ['get', 'picked'], 5.4, 2.4], 16, ['case', ['get', 'picked'], 10, 7]], 'circle-stroke-width': ['case', ['==', ['get', 'state'], 'unknown'], 0.8, 1.6], 'circle-stroke-color': palette('--ink'),
          'circle-color': ['match', ['get', 'state'], 'planned', palette('--brand'), 'doubted', palette('--level-2'), palette('--panel')],
        },
      },
      { id: 'signal-labels', type: 'symbol', source: 'signals', minzoom: 13, layout: { ...text(11), 'text-field': ['get', 'label'], 'text-anchor': 'top-left', 'text-offset': [0.7, 0.4], 'text-optional': true }, paint: ink },
      { id: 'signal-numbers', type: 'symbol', source: 'signals', filter: ['>', ['get', 'order'], 0], layout: { ...text(12), 'text-field': ['to-string', ['get', 'order']], 'text-anchor': 'bottom', 'text-offset': [0, -0.7], 'text-allow-overlap': true }, paint: ink },
    ],
  }
}

/** The sources that change, as GeoJSON by name. */
export function sourcesOf(scene: MapScene, say: (name: string) => string): Record<string, Collection> {
  const { streets, turns, signals, places, way, marked } = scene
  const { toLonLat } = streets
  const line = (points: readonly (readonly [number, number])[], properties: Record<string, unknown>): Feature => ({ type: 'Feature', properties, geometry: { type: 'LineString', coordinates: points.map((at) => toLonLat(at)) } })
  const point = (at: readonly [number, number], properties: Record<string, unknown>): Feature => ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: toLonLat(at) } })
  const linesOf = (ids: readonly string[], properties: Record<string, unknown>): Feature[] => ids.flatMap((id) => { const link = streets.links.get(id); return link === undefined ? [] : [line(link.points_m, properties)] })
  const order = new Map(way.signals.map((id, i) => [id, i + 1]))
  return {
    names: collection(streetNames(streets).map(({ name, points_m }) => line(points_m, { name: say(name) }))),
    turns: collection(turns.map(({ movement, points_m, level }) => line(points_m, { id: movement.id, letter: level === undefined ? '' : SERVICE_LETTERS[level], level: level ?? -1 }))),
    places: collection(places.flatMap(({ id, kind, number, links, at_m }) => [...linesOf(links, { id, kind, number }), point(at_m, { id, kind, number })])),
    signals: collection(signals.map(({ id, at_m, name, label, state }) => {
      const picked = marked.signal === id
      return point(at_m, { id, state, picked, order: order.get(id) ?? 0, label: [...(picked ? [say(name)] : []), ...(label === '' ? [] : [label])].join(' · ') })
    })),
  }
}
