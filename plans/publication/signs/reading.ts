// Whether a driver who passes can read a text, and whether it may stand on a road at all. What fails is refused, not shortened.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Metres, MetresPerSecond, Seconds } from '../../../model/units.ts'

/** What of a sign decides about texts. */
export interface SignFace {
  id: string
  lines: number
  /** In full characters (汉字). */
  characters_per_line: number
  pages: number
  character_height_m: Metres
  speed_limit_mps: MetresPerSecond
}

/** Lines of each page, one below the other. */
export type SignText = readonly (readonly string[])[]

/** Rules of thumb (default of this project, checked against no standard). */
export const READING = { s_per_character: 0.25, s_per_unit: 1, legible_per_height: 260, least_page_s: 3, most_units: 3, most_pages: 2, most_lines: 2, most_characters_per_line: 12 } as const

const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/最快|fastest|quickest/i, 'promises the fastest way'],
  [/\d\s*(?:秒|s\b|sec\b|seconds?\b)/i, 'counts seconds'],
  [/[\u4e00-\u9fff][A-Z][·\s]?[A-Z0-9]{5,6}/, 'shows a number plate'],
  [/(?<!\d)\d{11}(?!\d)|[^\s@]+@[^\s@]+\.\w/, 'shows how to reach a person'],
]

/** Width of a line in full characters: Latin letters, digits and spaces take half of one. */
export const widthOf = (line: string): number => [...line].reduce((sum, character) => sum + (character.codePointAt(0)! < 0x2000 ? 0.5 : 1), 0)
const charactersOf = (line: string): number => [...line.replaceAll(/\s/g, '')].length

export interface ReadingTime {
  needed_s: Seconds
  available_s: Seconds
  characters: number
}

/** Time that all pages need one after another, and time from where the characters become legible. `units`: things that the text says: where, what, do what. */
export function readingTime(face: Pick<SignFace, 'character_height_m' | 'speed_limit_mps'>, text: SignText, units: number): ReadingTime {
  const characters = text.flat().reduce((sum, line) => sum + charactersOf(line), 0)
  const reading = characters * READING.s_per_character + units * READING.s_per_unit
  // Of several pages each stands at least three seconds, however little is on it.
  return { characters, needed_s: text.length > 1 ? Math.max(reading, text.length * READING.least_page_s) : reading, available_s: (face.character_height_m * READING.legible_per_height) / face.speed_limit_mps }
}

/** Throws request.invalid naming the sign, the value and the limit, for what cannot be read, does not fit or must not stand there. */
export function requireReadable(face: SignFace, text: SignText, units: number): ReadingTime {
  const refuse = (why: string): never => { throw new GreenwaveError('request.invalid', `the text "${text.map((page) => page.join(' / ')).join(' | ')}" cannot stand on sign "${face.id}": ${why}`) }
  const [pages, lines, width] = [Math.min(face.pages, READING.most_pages), Math.min(face.lines, READING.most_lines), Math.min(face.characters_per_line, READING.most_characters_per_line)]
  if (text.every((page) => page.every((line) => line.trim() === ''))) refuse('it is empty; a blank sign is the neutral one')
  if (text.length > pages) refuse(`it has ${text.length} pages, at most ${pages} are possible`)
  if (units > READING.most_units) refuse(`it says ${units} things, at most ${READING.most_units} are read`)
  for (const page of text) {
    if (page.length > lines) refuse(`a page has ${page.length} lines, at most ${lines} are possible`)
    for (const line of page) if (widthOf(line) > width) refuse(`"${line}" is ${widthOf(line)} characters wide, the line has ${width}`)
  }
  const whole = text.flat().join(' ')
  for (const [pattern, what] of FORBIDDEN) if (pattern.test(whole)) refuse(`it ${what}`)
  const time = readingTime(face, text, units)
  if (time.needed_s > time.available_s) refuse(`reading takes ${time.needed_s.toFixed(1)} s, passing at the speed limit leaves ${time.available_s.toFixed(1)} s (legible from ${Math.round(face.character_height_m * READING.legible_per_height)} m at ${Math.round(face.speed_limit_mps * 3.6)} km/h)`)
  return time
}

/** Whole minutes, above half an hour in steps of five; never none. */
export function shownMinutes(travel_time_s: Seconds): number {
  const minutes = Math.max(1, Math.round(travel_time_s / 60))
  return minutes > 30 ? 5 * Math.round(travel_time_s / 300) : minutes
}
