// Whether everything that the settings of a screen can make it say can be read, before it hangs anywhere: the default text, the template at its longest,
// the advice on every way. The same check stands before each message; here it refuses the settings instead of leaving the sign neutral later.
import { findGuidance } from '../../guidance/index.ts'
import type { ScreenRecord } from '../../ports/publication.ts'
import { pagesOf, requireMinutesOnce } from './compose.ts'
import { requireReadable } from './reading.ts'
import { signOf } from './send.ts'

/** Two digits: above half an hour in steps of five, and nobody is guided by times of more than an hour and a half. */
const LONGEST_MINUTES = '95'

/** Throws request.invalid naming the text, its figure and the limit. */
export function requireReadableScreen(screen: ScreenRecord): void {
  const { sign, template } = signOf(screen)
  const says = (lines: readonly string[]): boolean => lines.some((line) => line.trim() !== '')
  if (sign.neutral !== undefined && sign.neutral.some(says)) requireReadable(sign, sign.neutral, 1)
  if (template?.kind === 'travel-times' && template.ways.length > 0) {
    for (const { text } of template.ways) requireMinutesOnce(sign, text)
    requireReadable(sign, pagesOf(sign, template.ways.map(({ text }) => text.replace('{minutes}', LONGEST_MINUTES))), template.ways.length)
  }
  if (template?.kind === 'notice') requireReadable(sign, template.pages, template.units)
  if (template?.kind === 'advertisement') requireReadable(sign, template.pages, 1)
  const guidance = findGuidance(screen.settings)
  if (guidance === undefined) return
  const time = (name: string): string => `${name} 约${LONGEST_MINUTES}分`
  for (const { name } of guidance.alternatives) {
    requireReadable(sign, [[time(guidance.usual.name), time(name)]], 2)
    if (guidance.approver !== undefined) for (const way of [guidance.usual.name, name]) requireReadable(sign, [[`建议走${way}`, time(guidance.usual.name)]], 2)
  }
}
