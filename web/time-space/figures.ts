// Figures of the editor as they are said: one way for label, panel, table and tip.
import { count, percent, plainSeconds, seconds, speed } from '../shell/units.ts'
import { ruleText } from '../words/rules.ts'
import type { EditorBand } from '../../diagram/editor-scene.ts'
import type { Moved } from './gestures.ts'
import { words } from './words.ts'

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

export const wallText = ({ code, sentence, value, limit }: NonNullable<Moved['wall']>): string => `${words().wall}: ${ruleText(code, value, limit, sentence)}`
