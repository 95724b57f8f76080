// Colours of the diagrams. Blue and orange stay apart in all three colour-vision deficiencies (Okabe and Ito 2008);
// red is the darkest bar and green the palest and thinnest, so that signals also read in grey print.
import type { Display } from '../model/compile.ts'
import type { Direction } from '../model/plan.ts'

export const INK = '#1f2933'
export const MUTED = '#5b6774'
export const RULE = '#d9dee3'
export const PAPER = '#ffffff'

export const DIRECTION_COLOUR: Record<Direction, string> = { outbound: '#0f62a8', inbound: '#b4530a' }

export const DISPLAY_COLOUR: Record<Display, string> = { green: '#5fb98a', yellow: '#f0b323', red: '#a61e2e' }

/** One for everything that prints; the fallbacks carry Chinese names. */
export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
