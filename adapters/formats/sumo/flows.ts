// Departure times of a SUMO <flow>: at equal intervals, or by chance. Chance is drawn from the flow's id, so the same
// file gives the same departures.
import { share } from './hash.ts'
import type { Notes } from './notes.ts'
import { parseNumber } from './xml-element.ts'
import type { XmlElement } from './xml-element.ts'

/** More vehicles than this in one flow is a slip of the pen (a million an hour would fill 500 lanes). */
const LARGEST_FLOW = 1_000_000
const FLOW_PURPOSE = 2
/** How long a flow lasts that nothing ends: its rate is the same in every hour. */
const OPEN_FLOW_S = 3600
const RATES = ['probability', 'period', 'vehsPerHour', 'perHour']
const EXPONENTIAL = /^exp\(([^)]+)\)$/

export interface Span {
  begin: number
  end: number
}

/**
 * In: the flow and, for a flow without an end, the end of the period (may be infinite; then an hour is taken, and noted, unless a number ends the flow).
 * Out: departures in s, sorted.
 */
export function flowDepartures(element: XmlElement, fallback: Span, notes: Notes): number[] {
  const begin = element.findTime('begin') ?? (Number.isFinite(fallback.begin) ? fallback.begin : 0)
  const number = element.findIndex('number')
  const end = endOf(element, begin, number, fallback, notes)
  if (end < begin) throw element.error('input.value', `the flow ends at ${end} s, before it begins at ${begin} s`)
  const span = { begin, end }
  const probability = element.findNumber('probability', { min: 0 })
  if (probability !== undefined) return byProbability(element, span, probability, number)
  const random = EXPONENTIAL.exec(element.findText('period') ?? '')
  if (random !== null) return byExponential(element, span, random[1] ?? '', number)
  const hourly = element.findNumber('vehsPerHour', { above: 0 }) ?? element.findNumber('perHour', { above: 0 })
  const period = hourly === undefined ? element.findNumber('period', { above: 0 }) : 3600 / hourly
  if (period !== undefined) return regular(element, span, period, number)
  if (number === undefined) throw element.error('input.value', 'the flow has none of number, period, vehsPerHour and probability')
  return number === 0 ? [] : regular(element, span, (end - begin) / number, number)
}

function endOf(element: XmlElement, begin: number, number: number | undefined, fallback: Span, notes: Notes): number {
  const end = element.findTime('end') ?? fallback.end
  const hasRate = RATES.some((attribute) => element.findText(attribute) !== undefined)
  if (Number.isFinite(end) || (number !== undefined && hasRate)) return end
  notes.count('open flow', 'assumed', element.place(), (n) => `${n} flow(s) have no end, and neither has the period; they last an hour`)
  return begin + OPEN_FLOW_S
}

function checkSize(element: XmlElement, expected: number): void {
  if (!(expected <= LARGEST_FLOW)) {
    const size = Number.isFinite(expected) ? `${Math.ceil(expected)} vehicles` : 'vehicles without end'
    throw element.error('input.value', `the flow makes ${size}; at most ${LARGEST_FLOW} are taken`)
  }
}

function regular(element: XmlElement, { begin, end }: Span, period: number, number: number | undefined): number[] {
  const room = period > 0 ? (end - begin) / period : Infinity
  const count = Math.min(number ?? Infinity, Math.ceil(room - 1e-9))
  checkSize(element, count)
  return Array.from({ length: Math.max(0, count) }, (_, i) => begin + i * period)
}

/** One draw a second, as SUMO does. */
function byProbability(element: XmlElement, { begin, end }: Span, probability: number, number: number | undefined): number[] {
  if (probability > 1) throw element.error('input.value', `probability is ${probability}; it must be at most 1`)
  checkSize(element, Math.min(end - begin, (number ?? Infinity) / probability))
  const id = element.findText('id') ?? ''
  const departures: number[] = []
  for (let t = begin; t < end && departures.length < (number ?? Infinity); t++) {
    if (share(`${id} ${t}`, FLOW_PURPOSE) < probability) departures.push(t)
  }
  return departures
}

function byExponential(element: XmlElement, { begin, end }: Span, text: string, number: number | undefined): number[] {
  const rate = parseNumber(text)
  if (rate === undefined || rate <= 0) throw element.error('input.value', `period is "exp(${text})"; the rate must be above 0`)
  checkSize(element, Math.min(number ?? Infinity, (end - begin) * rate))
  const id = element.findText('id') ?? ''
  const departures: number[] = []
  let t = begin
  for (let i = 0; departures.length < (number ?? Infinity); i++) {
    t -= Math.log(1 - share(`${id} ${i}`, FLOW_PURPOSE)) / rate
    if (!(t < end)) break
    departures.push(t)
  }
  return departures
}
