// What is on the map at a moment, for whoever paints it: the library in the browser, or the canvas.
import type { DrawnMovement } from '../../diagram/street-drawing.ts'
import type { LinkId, Point } from '../../model/network.ts'
import type { SignalId } from '../../model/signal.ts'
import type { Theme } from './classes.ts'
import type { Streets } from './streets.ts'

export interface SceneSignal {
  id: SignalId
  at_m: Point
  name: string
  /** Beside it where there is room: its offset. */
  label: string
  /** A plan of greenwave runs; what ran before; a plan should run and doesn't; nothing is known. */
  state: 'planned' | 'before' | 'doubted' | 'unknown'
}

export interface ScenePlace {
  id: string
  kind: 'place' | 'treatment'
  /** As in the list beside. */
  number: number
  links: readonly LinkId[]
  at_m: Point
}

/** The number of a place stands so far above it, and is so wide, px. */
export const PLACE_PX = { above: 16, radius: 10 } as const

export interface MapScene {
  streets: Streets
  theme: Theme
  /** Names and background pictures only: somebody else draws the streets over them. */
  bare?: true
  /** Class by link; what is not in it is unknown. */
  classes: ReadonlyMap<LinkId, number>
  /** Of these the data is too old to look like new. */
  old: ReadonlySet<LinkId>
  /** By movement, where the theme is about them; without a level nothing is known. */
  turns: readonly { movement: DrawnMovement; points_m: readonly Point[]; level: number | undefined }[]
  signals: readonly SceneSignal[]
  places: readonly ScenePlace[]
  /** Links of the corridor that is picked or being drawn, and its signals in order. */
  way: { links: readonly LinkId[]; signals: readonly SignalId[] }
  marked: { link?: LinkId | undefined; signal?: SignalId | undefined; movement?: string | undefined }
}

/** A corridor as it runs through the streets. */
export interface Way {
  signals: readonly SignalId[]
  /** Of both directions; empty for less than two signals. */
  links: readonly LinkId[]
  outbound_m: number
  /** Absent where the way back does not follow the same signals. */
  inbound_m?: number
}

export const NO_WAY: Way = { signals: [], links: [], outbound_m: 0 }

/** What lies behind streets that somebody else draws. */
export const bareScene = (streets: Streets): MapScene => ({ streets, theme: 'now', bare: true, classes: new Map(), old: new Set(), turns: [], signals: [], places: [], way: NO_WAY, marked: {} })

/** Colours by custom property, as they are now. */
export type Palette = (name: string) => string

/** Width of a carriageway at a scale, px: at least a readable line, at most what it is. */
export const streetWidth = (lanes: number, scale: number): number => Math.max(Math.min(3.6, 1.5 + 9 * scale), lanes * 2.9 * scale)

/** How far a carriageway is moved away from the other direction so that both are seen, px. */
export const streetAside = (lanes: number, scale: number): number => Math.max(0, streetWidth(lanes, scale) / 2 + 0.9 - lanes * 1.6 * scale)

/** Names of streets, once each: along the longest link that carries it. */
export function streetNames({ drawing }: Streets): { name: string; points_m: readonly Point[]; length_m: number }[] {
  const longest = new Map<string, { name: string; points_m: readonly Point[]; length_m: number }>()
  for (const { name, points_m, length_m } of drawing.links) {
    if (name !== undefined && (longest.get(name)?.length_m ?? 0) < length_m) longest.set(name, { name, points_m, length_m })
  }
  return [...longest.values()]
}
