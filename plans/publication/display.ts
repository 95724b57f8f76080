// How a segment looks: on the page with a word beside each colour, on light-emitting panels with three colours.
import type { Freshness, SegmentCondition } from '../../model/publication.ts'

export interface WebLook {
  colour: 'green' | 'yellow' | 'red' | 'dark-red' | 'grey'
  /** Words beside the colour, so that it can be read without it. */
  zh: string
  en: string
  numeral: string
  hatched: boolean
}

export type LampColour = 'green' | 'yellow' | 'red' | 'off'

const LEVELS: Readonly<Record<string, readonly [WebLook['colour'], LampColour, zh: string, en: string, numeral: string]>> = {
  free: ['green', 'green', '畅通', 'free', '1'], slow: ['yellow', 'yellow', '缓行', 'slow', '2'], congested: ['red', 'red', '拥堵', 'congested', '3'], severe: ['dark-red', 'red', '严重', 'severe', '4'],
}

type Shown = Pick<SegmentCondition, 'level' | 'freshness'>

/** Grey for everything that is not known, a level that nobody knows included. */
export function webLook({ level, freshness }: Shown): WebLook {
  const look = freshness === 'no-data' || level === null ? undefined : LEVELS[level]
  if (look === undefined) return { colour: 'grey', zh: '无数据', en: 'no data', numeral: '–', hatched: false }
  return { colour: look[0], zh: look[2], en: look[3], numeral: look[4], hatched: freshness === 'old' }
}

export const lampColour = ({ level, freshness }: Shown): LampColour => (freshness === 'no-data' || level === null ? 'off' : (LEVELS[level]?.[1] ?? 'off'))

/** Whether a sign may show a travel time of such data. */
export const mayShowTimes = (freshness: Freshness): boolean => freshness === 'live' || freshness === 'ageing'
