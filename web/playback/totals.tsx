// What has come of the run so far, side by side; of one run, and said so.
import { count, seconds } from '../shell/units.ts'
import type { Side, TotalName } from './protocol.ts'
import type { Recording } from './recording.ts'
import { words } from './words.ts'

const SHOWN = ['arrived', 'stops', 'lost_s', 'driving', 'standing', 'waiting'] as const
type Shown = (typeof SHOWN)[number]

/** Stops and lost time per vehicle that was let in; undefined before the first. */
export function figureOf(totals: Record<TotalName, number>, name: Shown): number | undefined {
  if (name === 'stops' || name === 'lost_s') return totals.inserted === 0 ? undefined : totals[name] / totals.inserted
  return totals[name]
}

const digitsOf = (name: Shown): number => (name === 'stops' ? 2 : name === 'lost_s' ? 1 : 0)
const printed = (name: Shown, value: number): string => (name === 'lost_s' ? seconds(value, 1) : count(value, digitsOf(name)))

/** A recording grows without being another: `grown` says so. */
interface Known { recordings: Partial<Record<Side, Recording>>; time_s: number; grown: number }

export function Totals({ side, recordings, time_s }: Known & { side: Side }) {
  const t = words()
  const own = recordings[side]?.totalsAt(time_s)
  const before = side === 'after' ? recordings.before?.totalsAt(time_s) : undefined
  return (
    <dl class="play-totals" data-side={side}>
      {SHOWN.map((name) => {
        const value = own === undefined ? undefined : figureOf(own, name)
        const was = before === undefined ? undefined : figureOf(before, name)
        const change = value === undefined || was === undefined ? undefined : value - was
        return (
          <div key={name} data-total={name}>
            <dt title={name === 'lost_s' ? t.lost_hint : undefined}>{t.totals[name]}</dt>
            <dd>{value === undefined ? '–' : printed(name, value)}{change !== undefined && <small> {t.difference(`${change > 0 ? '+' : change < 0 ? '−' : '±'}${printed(name, Math.abs(change))}`)}</small>}</dd>
          </div>
        )
      })}
    </dl>
  )
}

/** The same vehicle on both sides. */
export function Followed({ vehicle, sides, recordings, time_s }: Known & { vehicle: number; sides: readonly Side[] }) {
  const t = words()
  return (
    <span class="play-followed" role="status">
      <b>{t.vehicle(String(vehicle))}</b>{sides.map((side) => {
        const car = recordings[side]?.findCar(vehicle, time_s)
        return <span key={side}><small>{t[side]}</small> {car === undefined ? '–' : typeof car === 'string' ? t.nowhere[car] : `${t.car_stops(String(car.stops), count(car.lost_s, 0))}${car.arrived ? ` · ${t.arrived}` : ''}`}</span>
      })}
    </span>
  )
}
