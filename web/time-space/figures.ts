// Figures of the editor as they are said: one way for label, panel, table and tip.
import { speed, percent, seconds, count } from '../shell/units.ts'
import type { EditorBand } from '../../diagram/editor-scene.ts'
import type { Moved } from './gestures.ts'
import { ruleText, words } from './words.ts'

/** Tenths only where they are not nought. */
export const plainSeconds = (value_s: number): string => seconds(value_s, Math.abs(value_s - Math.round(value_s)) < 0.05 ? 0 : 1)
const sign = (value: number): string => (value > 0 ? '+' : value < 0 ? '−' : '±')
/** `+3 s`, `−0.4 s`. */
export const signedSeconds = (value_s: number, decimals?: number): string => `${sign(round(value_s, decimals ?? 1))}${decimals === undefined ? plainSeconds(Math.abs(value_s)) : seconds(Math.abs(value_s), decimals)}`
export const signedCount = (value: number, decimals: number): string => `${sign(round(value, decimals))}${count(Math.abs(value), decimals)}`
export const signedPercent = (share: number): string => `${sign(round(share * 100, 0))}${percent(Math.abs(share))}`
const round = (value: number, decimals: number): number => Math.round(value * 10 ** decimals) / 10 ** decimals

export const bandText = (band: EditorBand): string => (band.whole
  ? words().wholeLabel(plainSeconds(band.width_s), percent(band.share), speed(band.speed_mps), percent(band.attainability))
  : words().bandLabel(plainSeconds(band.width_s), percent(band.share), speed(band.speed_mps)))

export function movedText({ told, wall }: Moved): string {
  const text = words().told
  const first = told === undefined ? '' : told.kind === 'offset' ? text.offset(plainSeconds(told.offset_s), signedSeconds(told.by_s)) : told.kind === 'split' ? text.split(plainSeconds(told.split_s), signedSeconds(told.by_s)) : told.kind === 'speed' ? text.speed(speed(told.speed_mps), seconds(told.travel_s, 1)) : text.cycle(plainSeconds(told.cycle_s))
  return wall === undefined ? first : `${first}\n${wallText(wall)}`
}

export function wallText({ code, sentence, value, limit }: NonNullable<Moved['wall']>): string {
  const say = code === 'speed-limit' ? speed : plainSeconds
  return `${words().wall}: ${ruleText(code, sentence, say(value), say(limit))}`
}
