// Whether the day's data are good enough to change signals by. What is missing is said in sentences; a silent sensor is no empty street.
import { formatTimeOfDay } from '../../model/units.ts'
import { QUARTER_S } from '../schedule-scenario.ts'
import { medianOf, QUARTERS } from './figures.ts'
import type { NightInput } from './input.ts'
import type { NightRules } from './rules.ts'

/** Hours in which somebody always drives: silence then is a fault of a feed. */
const DAYTIME = [6 * 3600, 22 * 3600] as const

const percent = (share: number): string => `${Math.round(1000 * share) / 10} %`

/** Why nothing can be planned from it; empty where it can. */
export function listGaps({ measured, day_type, days, movements, feeds, corridor }: NightInput, rules: NightRules): string[] {
  const [today] = days
  if (today === undefined || today.day !== measured) return [`Nothing was measured on ${measured}.`]
  const gaps: string[] = []
  const planned = days.slice(0, rules.most_days)
  if (planned.length < rules.least_days) gaps.push(`${planned.length} measured ${planned.length === 1 ? 'day is' : 'days are'} comparable with ${measured} (${day_type}); ${rules.least_days} are needed.`)
  const told = movements.filter((movement) => today.volumes.get(movement)?.some((volume) => volume !== null) === true)
  if (told.length < rules.least_coverage * movements.length) gaps.push(`${told.length} of ${movements.length} movements of the corridor have a volume; ${percent(rules.least_coverage)} are needed.`)
  const vehicles = movements.reduce((sum, movement) => sum + (today.seen.get(movement) ?? 0), 0)
  // A vehicle is seen at every signal that it passes.
  const passages = rules.least_vehicles * corridor.corridor.intersections.length
  if (vehicles < passages) gaps.push(`Vehicles were seen ${vehicles} times at the signals of the corridor; ${passages} times are needed.`)
  const penetration = medianOf(movements.flatMap((movement) => today.penetration.get(movement) ?? []))
  if (penetration !== undefined && penetration < rules.least_penetration) gaps.push(`About ${percent(penetration)} of the vehicles were seen; ${percent(rules.least_penetration)} are needed.`)
  for (const { id } of feeds.filter(({ enabled }) => enabled)) {
    const brought = (feedsOf: readonly { source: string; accepted: number }[]): boolean => feedsOf.some(({ source, accepted }) => source === id && accepted > 0)
    if (!brought(today.feeds) && days.slice(1).some((day) => brought(day.feeds))) gaps.push(`The feed "${id}" brought nothing on ${measured}; it did on days before.`)
  }
  const silence = longestSilence(today)
  if (silence.end_s - silence.start_s > rules.longest_silence_s) gaps.push(`Nothing was heard from ${formatTimeOfDay(silence.start_s)} to ${formatTimeOfDay(silence.end_s)}.`)
  return gaps
}

/** In the hours of the day, of all movements together. */
function longestSilence({ spans }: NightInput['days'][number]): { start_s: number; end_s: number } {
  const heard = Array.from({ length: QUARTERS }, () => false)
  for (const { start_s, end_s, seen } of spans) if (seen > 0) heard.fill(true, Math.floor(start_s / QUARTER_S), Math.ceil(end_s / QUARTER_S))
  let longest = { start_s: 0, end_s: 0 }
  let since: number | undefined
  for (let time = DAYTIME[0]; time <= DAYTIME[1]; time += QUARTER_S) {
    const silent = time < DAYTIME[1] && heard[time / QUARTER_S] === false
    if (silent) since ??= time
    else if (since !== undefined) {
      if (time - since > longest.end_s - longest.start_s) longest = { start_s: since, end_s: time }
      since = undefined
    }
  }
  return longest
}
