// The answer first: one sentence with what changes for drivers, how wide the bands are, and whether that is proven;
// then what the reader must not overlook.
import type { PairedDifference } from '../model/evaluation.ts'
import type { LinkBands, PathBands } from '../model/part-bands.ts'
import type { Band } from '../model/plan.ts'
import { fixed, listed, percent, plain, plusMinus, signed, tenths } from './format.ts'
import type { PlanReportInput } from './plan-report-input.ts'

function findDifference(input: PlanReportInput, ...measures: string[]): PairedDifference | undefined {
  for (const measure of measures) {
    const found = input.simulation?.differences.find((difference) => difference.measure === measure)
    if (found !== undefined) return found
  }
  return undefined
}

/** The figures of the sentence: on the corridor where they are given, else of all vehicles. */
export const stopsOf = (input: PlanReportInput): PairedDifference | undefined => findDifference(input, 'corridor_stops', 'stops')
export const delayOf = (input: PlanReportInput): PairedDifference | undefined => findDifference(input, 'corridor_delay_s', 'delay_s')

function changeInWords(what: string, difference: PairedDifference, decimals: number, unit: string): string {
  const { mean, ci95 } = difference.difference
  const interval = `${signed(mean, decimals)}${plusMinus(ci95, decimals)} ${unit}`
  if (difference.verdict === 'undecided') return `${what} shows no certain change (${interval})`
  const relative = difference.before === 0 ? '' : ` by ${fixed(Math.abs(difference.percent), Math.abs(difference.percent) < 10 ? 1 : 0)} %`
  return `${what} ${mean < 0 ? 'falls' : 'rises'}${relative} (${interval})`
}

/** One sentence without markup. */
export function headline(input: PlanReportInput): string {
  const [stops, delay] = [stopsOf(input), delayOf(input)]
  const where = stops?.measure === 'stops' || delay?.measure === 'delay_s' ? 'in the whole network' : 'on the corridor'
  const changes = [
    ...(stops === undefined ? [] : [changeInWords('the number of stops', stops, 2, 'per vehicle')]),
    ...(delay === undefined ? [] : [changeInWords('delay', delay, 1, 's per vehicle')]),
  ]
  const effect = changes.length === 0 ? 'The plan was not simulated' : `${capital(where)}, ${listed(changes)} against ${input.running.name ?? 'the plan now running'}`
  return `${effect}; ${bandsInWords(input)}.`
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function bandsInWords({ plan }: PlanReportInput): string {
  if (plan.paths !== undefined) return pathsInWords(plan.paths, plan.cycle_s)
  if (plan.link_bands !== undefined) return linksInWords(plan.link_bands, plan.cycle_s)
  const wide = plan.bands.filter(({ width_s }) => width_s > 0)
  if (wide.length === 0) return `no band passes all signals at a cycle of ${plain(plan.cycle_s)} s`
  const widths = wide.map(({ width_s, direction }) => `${tenths(width_s)} s ${direction}`)
  const proof = plan.certificate.proven
    ? 'proven to be the widest possible with these splits and speeds'
    : `together at most ${tenths(plan.certificate.gap)} s less than the widest possible`
  return `the green ${wide.length === 1 ? 'band is' : 'bands are'} ${listed(widths)} in a cycle of ${plain(plan.cycle_s)} s, ${proof}`
}

function pathsInWords({ bands, certificate }: PathBands, cycle_s: number): string {
  const wide = bands.filter(({ width_s }) => width_s > 0)
  const cycle = `in a cycle of ${plain(cycle_s)} s`
  if (wide.length === 0) return `none of the ${bands.length} paths planned for has a band ${cycle}`
  const served = percent(wide.reduce((sum, { weight }) => sum + weight, 0))
  const proof = certificate.proven ? 'proven to be the most that these splits and speeds allow' : `at most ${fixed(100 * certificate.gap_share, 1)} % less than possible with these splits and speeds`
  const of = wide.length === bands.length ? (wide.length === 1 ? 'the path planned for has' : `all ${bands.length} paths planned for have`) : `${wide.length} of ${bands.length} paths planned for, with ${served} of their persons, ${wide.length === 1 ? 'has' : 'have'}`
  return `${of} ${wide.length === 1 ? 'a green band' : 'green bands'} ${between(wide.map(({ width_s }) => width_s))} wide ${cycle}; weighed by persons that is ${proof}`
}

function linksInWords({ bands, certificate }: LinkBands, cycle_s: number): string {
  const proof = certificate.proven ? 'proven to be the widest possible with these splits and speeds' : `at most ${tenths(certificate.gap)} s less than the widest possible`
  return `the links carry green bands of ${between(bands.map(({ width_s }) => width_s))}, ${tenths(certificate.value)} s in the mean by volume, in a cycle of ${plain(cycle_s)} s, ${proof}`
}

function between(widths: readonly number[]): string {
  const [least, most] = [tenths(Math.min(...widths)), tenths(Math.max(...widths))]
  return least === most ? `${least} s` : `${least} to ${most} s`
}

/** Who pays for it, by name; undefined when the plan names nobody. */
export function losersInWords({ plan }: PlanReportInput): string | undefined {
  const names = [...new Set(plan.losers.map(({ name }) => name))]
  if (names.length === 0) return undefined
  // More than four names are a table, and there is one below.
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
  return `Worse off or over a limit: ${listed(shown)}.`
}

/** Sentences that must stand beside the answer; empty when there is nothing to warn of. */
export function warnings(input: PlanReportInput): string[] {
  const { plan, simulation } = input
  const found: string[] = []
  // A plan for links or paths was not asked for bands through all signals.
  const through = plan.link_bands === undefined && plan.paths === undefined
  const missing = (['outbound', 'inbound'] as const).filter((direction) => plan.bands.some((band: Band) => band.direction === direction && band.width_s <= 0))
  if (through && missing.length > 0) found.push(`No ${listed(missing)} band passes all signals.`)
  for (const [label, evaluation] of simulation === undefined ? [] : ([['before', simulation.before], ['after', simulation.after]] as const)) {
    if (evaluation.gridlocked_runs > 0) found.push(`${evaluation.gridlocked_runs} of ${evaluation.runs} runs ${label} ended in gridlock; they are counted in all figures.`)
    // A vehicle that never arrives has no travel time: below this share the means flatter the plan.
    if (evaluation.completed_share < 0.95) found.push(`Only ${percent(evaluation.completed_share)} of the trips ${label} were completed; delay is understated.`)
  }
  const over = plan.losers.filter(({ limit, after }) => limit !== undefined && after > limit)
  if (over.length > 0) found.push(`${over.length} ${over.length === 1 ? 'movement is' : 'movements are'} over a limit: ${listed(over.map(({ name }) => name))}.`)
  return found
}
