// One cursor for all that is drawn: what the pointer or the keyboard is at, so that the diagram, the map and the charts show the same place.
import { signal } from '@preact/signals'

export interface Cursor {
  signal?: string
  link?: string
  movement?: string
  /** Master time of the drawn plan or simulated time; s. */
  time_s?: number
  /** Metres along the corridor's outbound direction. */
  position_m?: number
  vehicle?: string
  /** Who moved it: a view does not answer itself. */
  from: string
}

export const cursor = signal<Cursor | undefined>(undefined)
