// From what is known to what is on the map. Pure.
import type { LinkId, Point } from '../../model/network.ts'
import type { PlaceCard } from '../../model/diagnosis.ts'
import { pointAlong, pathLength } from '../../model/lines.ts'
import type { LiveLink } from '../service/service.ts'
import { coverageClass, delayClass, levelClass, nowClass, type Theme } from './classes.ts'
import type { MapScene, ScenePlace, SceneSignal } from './scene.ts'
import type { Streets } from './streets.ts'
import type { LiveTown, MeasuredDay, Published, RunningTiming } from './town-data.ts'

export interface SceneInput {
  streets: Streets
  theme: Theme
  live: LiveTown | undefined
  published: Published | undefined
  day: MeasuredDay | undefined
  timings: ReadonlyMap<string, RunningTiming>
  cards: readonly PlaceCard[]
  show: { places: boolean; treatments: boolean; offsets: boolean }
  way: MapScene['way']
  marked: MapScene['marked']
  /** An offset as it is printed. */
  offset: (offset_s: number) => string
}

export function buildScene(input: SceneInput): MapScene {
  const { streets, theme, way, marked } = input
  return { streets, theme, ...classesOf(input), turns: theme === 'movements' ? turnsOf(input) : [], signals: signalsOf(input), places: placesOf(input), way, marked }
}

function classesOf({ streets, theme, live, published }: SceneInput): Pick<MapScene, 'classes' | 'old'> {
  const classes = new Map<LinkId, number>()
  const old = new Set<LinkId>()
  if (theme === 'published') {
    for (const { links, level, freshness } of published?.document.segments ?? []) {
      const at = levelClass(level)
      if (at === undefined || freshness === 'no-data') continue
      for (const link of links) {
        classes.set(link, at)
        if (freshness === 'old') old.add(link)
      }
    }
    return { classes, old }
  }
  if (theme === 'movements') return { classes, old }
  const classOf = theme === 'now' ? nowClass : coverageClass
  for (const id of streets.links.keys()) {
    const link: LiveLink | undefined = live?.links.get(id)
    const at = classOf(link)
    if (at === undefined) continue
    classes.set(id, at)
    if (link!.freshness === 'old') old.add(id)
  }
  return { classes, old }
}

/** Control delay of a movement: of the vehicles of the last minutes, else as it was measured on the newest day. */
export function movementDelay(id: string, live: LiveTown | undefined, day: MeasuredDay | undefined): { delay_s: number; source: 'live' | 'day' } | undefined {
  const now = live?.movements.get(id)?.delay_s
  if (now !== undefined) return { delay_s: now, source: 'live' }
  const measured = day?.movements.get(id)?.control_delay_s.value
  return measured === null || measured === undefined ? undefined : { delay_s: measured, source: 'day' }
}

function turnsOf({ streets, live, day }: SceneInput): MapScene['turns'] {
  return streets.movements.flatMap((movement) => {
    const level = delayClass(movementDelay(movement.id, live, day)?.delay_s)
    const points_m = movement.points_m ?? joinOf(streets, movement.from, movement.to)
    // What no signal delays has no level.
    return points_m === undefined || (level === undefined && movement.signal === undefined) ? [] : [{ movement, points_m, level }]
  })
}

/** Where no path is drawn: from the end of one link to the start of the next. */
function joinOf({ links }: Streets, from: LinkId, to: LinkId): Point[] | undefined {
  const [a, b] = [links.get(from)?.points_m.at(-1), links.get(to)?.points_m[0]]
  return a === undefined || b === undefined ? undefined : [a, b]
}

function signalsOf({ streets, timings, show, offset }: SceneInput): SceneSignal[] {
  return streets.drawing.signals.map(({ id, name, at_m }) => {
    const timing = timings.get(id)
    return {
      id, at_m, name: name ?? id, label: show.offsets && timing !== undefined ? offset(timing.offset_s) : '',
      state: timing === undefined ? 'unknown' : timing.doubted ? 'doubted' : timing.plan === undefined ? 'before' : 'planned',
    }
  })
}

function placesOf({ streets, published, cards, show }: SceneInput): ScenePlace[] {
  const places: ScenePlace[] = []
  if (show.places) {
    const segments = new Map((published?.document.segments ?? []).map(({ id, links }) => [id, links]))
    published?.document.places.forEach(({ id, segments: own }, i) => {
      const links = own.flatMap((segment) => segments.get(segment) ?? [])
      const at_m = middleOf(streets, links)
      if (at_m !== undefined) places.push({ id, kind: 'place', number: i + 1, links, at_m })
    })
  }
  if (show.treatments) {
    cards.forEach(({ id, links, head, signal }, i) => {
      const at_m = (signal === undefined ? undefined : streets.signals.get(signal)?.at_m) ?? middleOf(streets, [...(head === undefined ? [] : [head]), ...links])
      if (at_m !== undefined) places.push({ id, kind: 'treatment', number: i + 1, links, at_m })
    })
  }
  return places
}

/** Half-way along the first of the links that is drawn. */
function middleOf(streets: Streets, links: readonly LinkId[]): Point | undefined {
  const points = links.map((id) => streets.links.get(id)?.points_m).find((line) => line !== undefined)
  return points === undefined ? undefined : pointAlong(points, pathLength(points) / 2)
}
