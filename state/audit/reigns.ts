// The hours of the day in which one cycle runs, where no schedule tells: hours are given cycles so that as few changes as
// possible explain as many starts as possible (Viterbi over hours).
import type { Seconds } from '../../model/units.ts'
import { spectrumOf, type Group, type Spectrum } from './periodogram.ts'

const HOUR_S: Seconds = 3600
const HOURS = 24
const CANDIDATES = 12
/** Frequency steps within which two peaks are one: half the main lobe of an hour. */
const LOBE = 6
/** What a change must explain: as likely as e^-10 by chance. */
const CHANGE = 10

/** `groups` of each hour of the day. Gives hours [from, until) of like cycle; the whole day where nothing tells more. */
export function findReigns(groups: ReadonlyMap<number, readonly Group[]>): [number, number][] {
  const spectra = Array.from({ length: HOURS }, (_, hour) => evidenceOf(groups.get(hour) ?? []))
  const length = spectra.find((one) => one !== undefined)?.coherence.length ?? 0
  if (length === 0) return [[0, HOURS]]
  const candidates = candidatesOf(spectra, length)
  const gain = (hour: number, c: number): number => {
    const evidence = spectra[hour]?.coherence
    if (evidence === undefined) return 0
    let best = -Infinity
    for (let k = Math.max(0, candidates[c]! - LOBE); k <= candidates[c]! + LOBE && k < evidence.length; k++) best = Math.max(best, evidence[k]!)
    return best
  }
  const path = bestPath(candidates.length, gain)
  const reigns: [number, number][] = []
  for (let hour = 0; hour < HOURS; hour++) {
    const last = reigns.at(-1)
    if (last !== undefined && path[hour] === path[hour - 1]) last[1] = hour + 1
    else reigns.push([hour, hour + 1])
  }
  return reigns
}

/** Rayleigh's power less what chance gives, summed over groups. */
function evidenceOf(groups: readonly Group[]): Spectrum | undefined {
  const told = groups.filter(({ length }) => length >= 2)
  if (told.length === 0) return undefined
  const spectrum = spectrumOf(told, HOUR_S)
  const pairs = told.reduce((sum, { length }) => sum + length * (length - 1), 0)
  const starts = told.reduce((sum, { length }) => sum + length, 0)
  // Of groups of unlike size this is the sum of their powers over the mean size.
  const scale = pairs / Math.max(1, starts / told.length)
  for (let k = 0; k < spectrum.coherence.length; k++) spectrum.coherence[k]! *= scale
  return spectrum
}

function candidatesOf(spectra: readonly (Spectrum | undefined)[], length: number): number[] {
  const total = new Float64Array(length)
  const peaks: number[] = []
  for (const spectrum of spectra) if (spectrum !== undefined) for (let k = 0; k < length; k++) total[k]! += spectrum.coherence[k]!
  const offer = (peak: number): void => {
    if (peaks.every((known) => Math.abs(known - peak) > LOBE)) peaks.push(peak)
  }
  for (const peak of localPeaks(total).slice(0, CANDIDATES)) offer(peak)
  for (const spectrum of spectra) if (spectrum !== undefined) offer(highest(spectrum.coherence))
  return peaks.sort((a, b) => a - b)
}

function highest(values: Float64Array): number {
  let top = 0
  for (let k = 1; k < values.length; k++) if (values[k]! > values[top]!) top = k
  return top
}

function localPeaks(values: Float64Array): number[] {
  const peaks: number[] = []
  for (let k = 1; k + 1 < values.length; k++) if (values[k]! > values[k - 1]! && values[k]! >= values[k + 1]!) peaks.push(k)
  return peaks.sort((a, b) => values[b]! - values[a]!)
}

function bestPath(candidates: number, gain: (hour: number, candidate: number) => number): number[] {
  let scores = Array.from({ length: candidates }, (_, c) => gain(0, c))
  const back: number[][] = []
  for (let hour = 1; hour < HOURS; hour++) {
    const leader = scores.indexOf(Math.max(...scores))
    const from = scores.map((score, c) => (score >= scores[leader]! - CHANGE ? c : leader))
    back.push(from)
    scores = from.map((f, c) => (f === c ? scores[c]! : scores[f]! - CHANGE) + gain(hour, c))
  }
  const path = [scores.indexOf(Math.max(...scores))]
  for (let hour = HOURS - 2; hour >= 0; hour--) path.unshift(back[hour]![path[0]!]!)
  return path
}
