// A simulated street that tells what a feed of probes would: CSV in degrees of WGS 84 with instants. Runs in a thread, or where it is called.
import { GreenwaveError } from '../../model/errors.ts'
import { LocalTime } from '../../model/local-time.ts'
import { findProjection, type Projection } from '../../model/projection.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Instant } from '../../model/units.ts'
import type { Told } from './messages.ts'
import { DemoStreet, type RunningStretch, type Stretch } from './street.ts'

const HEAD = 'vehicle_id,time,lon,lat,speed_mps,heading_deg\n'

export class StreetTeller {
  readonly #street: DemoStreet
  readonly #local: LocalTime
  readonly #projection: Projection
  #now: { running: RunningStretch; midnight: Instant; name: string } | undefined

  constructor(scenario: Scenario) {
    const projection = findProjection(scenario.network.coordinate_reference)
    if (projection === undefined) throw new GreenwaveError('input.value', 'a town whose vehicles tell degrees needs a projection')
    this.#street = new DemoStreet(scenario)
    this.#local = new LocalTime(scenario.scenario.time_zone)
    this.#projection = projection
  }

  begin(stretch: Stretch): void {
    const { day, from_s } = stretch
    // Of the day's clock as it goes at the start: a stretch has no change of clocks in it.
    this.#now = { running: this.#street.begin(stretch), midnight: this.#local.instant(day, from_s) - from_s, name: `${day}-${Math.round(from_s)}-` }
  }

  advance(to: Instant): Told {
    if (this.#now === undefined) throw new GreenwaveError('internal', 'the street was told to go on before it began')
    const { running, midnight, name } = this.#now
    const fixes = running.advance(to - midnight)
    let csv = HEAD
    for (const { vehicle_id, time_s, x_m, y_m, speed_mps, heading_deg } of fixes) {
      const [lon, lat] = this.#projection.toLonLat([x_m, y_m])
      csv += `${name}${vehicle_id},${midnight + time_s},${lon.toFixed(7)},${lat.toFixed(7)},${speed_mps.toFixed(1)},${Math.round(heading_deg)}\n`
    }
    return { csv: Buffer.from(csv), fixes: fixes.length, driving: running.driving, over: running.over }
  }
}
