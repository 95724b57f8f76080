// Cycles, next steps and conflicts as sentences in the field's words.
import type { BandConflict, CycleRanking, NextStep, Resolution } from '../../model/insight.ts'

/** Says a phase order that is not permitted now, by its id. */
type OrderName = (signal: string, pattern: string) => string

const orderId: OrderName = (_, pattern) => `order ${pattern}`

const tenth = (value: number): string => `${Math.round(value * 10) / 10}`
const percent = (share: number): string => `${tenth(100 * share)} %`

export function cycleSentence({ cycles, taken, best, better }: CycleRanking): string {
  const own = `C = ${taken.cycle_s} s can carry ${tenth(taken.value_s)} s of band, ${percent(taken.share)} of the cycle`
  if (cycles.length === 1) return `${own}; no other cycle was open`
  if (better === 0) {
    const next = cycles.filter(({ cycle_s }) => cycle_s !== taken.cycle_s).reduce((a, b) => (b.share > a.share ? b : a))
    return `${own}, the largest share of ${cycles.length} cycles; the next is C = ${next.cycle_s} s with ${percent(next.share)}`
  }
  return `${own}; ${better} of ${cycles.length} cycles could carry more, C = ${best.cycle_s} s the most with ${percent(best.share)}`
}

export function nextStepSentence({ change, gain_s, gain_share }: NextStep, orderName: OrderName = orderId): string {
  const gain = `${gain_s < 0 ? 'loses' : 'gives'} ${tenth(Math.abs(gain_s))} s of band`
  switch (change.kind) {
    case 'green': return `${change.added_s} s more green at the ${change.at} at ${change.signal} ${gain}`
    case 'pattern': return `${orderName(change.signal, change.pattern)} at ${change.signal} ${gain}`
    case 'cycle': return `C = ${change.cycle_s} s ${gain} (${gain_share < 0 ? '−' : '+'}${tenth(100 * Math.abs(gain_share))} points of the cycle)`
    case 'link-speed': return `${speedWord(change.added_mps * 3.6)} ${change.link === undefined ? 'everywhere' : `between ${change.link.from} and ${change.link.to}`} ${gain}`
  }
}

const speedWord = (kmh: number): string => `${tenth(Math.abs(kmh))} km/h ${kmh > 0 ? 'faster' : 'slower'}`

/** For instance: "signals 3 and 4 at C = 90 s leave no two-way band of 1 s; C >= 96 s or phase 5 after phase 2 at 4 does". */
export function conflictSentence({ cycle_s, least_s, directions, signals, resolutions }: BandConflict, orderName: OrderName = orderId): string {
  const many = signals.length > 1
  const who = many ? `signals ${signals.slice(0, -1).join(', ')} and ${signals.at(-1)}` : `signal ${signals[0]}`
  const band = directions === 'both' ? 'two-way band' : `${directions} band`
  const what = `${who} at C = ${cycle_s} s ${many ? 'leave' : 'leaves'} no ${band} of ${tenth(least_s)} s`
  if (resolutions.length === 0) return `${what}; no single change that was tried does`
  return `${what}; ${resolutions.slice(0, RESOLUTIONS_SAID).map((each) => resolutionWords(each, orderName)).join(' or ')} does`
}

const RESOLUTIONS_SAID = 4

function resolutionWords(resolution: Resolution, orderName: OrderName): string {
  switch (resolution.kind) {
    case 'cycle': return `C ${resolution.onwards ? (resolution.side === 'longer' ? '>=' : '<=') : '='} ${resolution.cycle_s} s`
    case 'pattern': return `${orderName(resolution.signal, resolution.pattern)} at ${resolution.signal}`
    case 'green': return `${resolution.added_s} s more green at the ${resolution.at} at ${resolution.signal}`
    case 'speed': return `${speedWord(resolution.added_kmh)} everywhere`
  }
}
