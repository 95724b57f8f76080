// What the service and the thread of a simulated street say to each other.
import type { Scenario } from '../../model/scenario.ts'
import type { Instant } from '../../model/units.ts'
import type { Stretch } from './street.ts'

export type ToStreet = { ticket: number; begin: Stretch } | { ticket: number; advance_to: Instant }

/** What the probes told since the last time, as a feed sends it. */
export interface Told {
  csv: Uint8Array
  fixes: number
  /** Vehicles in the streets now. */
  driving: number
  /** The stretch tells nothing more. */
  over: boolean
}

export type FromStreet = { ticket: number; told: Told } | { ticket: number; failed: string }

/** Given to the thread when it starts. */
export interface StreetOf {
  scenario: Scenario
}
