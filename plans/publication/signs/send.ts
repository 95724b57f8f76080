// What a screen of the store is told for a publication: composed from its settings, sent when it is worth it, written down with the data behind it.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Publication } from '../../../model/publication.ts'
import type { Instant } from '../../../model/units.ts'
import { adviceFor, findGuidance, type AdviceState, type GuidanceSettings } from '../../guidance/index.ts'
import type { ScreenMessage, ScreenRecord, ScreenStore } from '../../ports/publication.ts'
import { agedPublication } from '../aged.ts'
import { composeSign, worthSending, type ComposeOptions, type Sign, type SignBasis, type SignContent, type SignMessage } from './compose.ts'
import { requireReadable, type SignText } from './reading.ts'

export type SignTemplate = NonNullable<ComposeOptions['template']>

export interface ScreenSign {
  sign: Sign
  template?: SignTemplate
  /** Dots of a full character each way, where the sign is made of dots. */
  dots_per_character?: number
}

/** A hall, seen from near and for long. */
const FACE = { lines: 2, characters_per_line: 12, pages: 2, character_height_m: 0.4, speed_limit_mps: 11 } as const

/** Larger ones are mistakes in writing, and pictures of them would take all memory. */
const MOST = { lines: 10, characters_per_line: 60, pages: 9, character_height_m: 5, speed_limit_mps: 60 } as const
/** Common matrices; no standard has been read for them. */
const DOTS = [16, 24, 32, 48]

/** What the settings of a screen say: `segments`, `neutral`, `template`, `dots_per_character`, and its face. Throws request.invalid naming the setting. */
export function signOf({ id, kind, settings }: ScreenRecord): ScreenSign {
  const wrong = (name: string, must: string): GreenwaveError => new GreenwaveError('request.invalid', `the setting "${name}" of screen "${id}" is ${JSON.stringify(settings[name])}; it must be ${must}`)
  const figure = (name: keyof typeof FACE): number => {
    const value = settings[name] ?? FACE[name]
    if (typeof value !== 'number' || !(value > 0) || value > MOST[name]) throw wrong(name, `a number above 0 and at most ${MOST[name]}`)
    if (['lines', 'characters_per_line', 'pages'].includes(name) && !Number.isInteger(value)) throw wrong(name, 'a whole number')
    return value
  }
  const segments = settings['segments'] ?? []
  if (!Array.isArray(segments) || segments.some((one) => typeof one !== 'string')) throw wrong('segments', 'a list of ids of segments')
  const { neutral, template, dots_per_character: dots } = settings
  if (neutral !== undefined && !isText(neutral)) throw wrong('neutral', 'pages, each a list of lines')
  if (template !== undefined && !isTemplate(template)) throw wrong('template', 'of kind travel-times with ways, of kind notice with notice, pages and units, or of kind advertisement with pages')
  if (dots !== undefined && !(typeof dots === 'number' && DOTS.includes(dots))) throw wrong('dots_per_character', `one of ${DOTS.join(', ')}`)
  return {
    sign: {
      id, kind, segments, lines: figure('lines'), characters_per_line: figure('characters_per_line'), pages: figure('pages'), character_height_m: figure('character_height_m'), speed_limit_mps: figure('speed_limit_mps'),
      ...(neutral === undefined ? {} : { neutral }),
    },
    ...(template === undefined ? {} : { template }), ...(typeof dots === 'number' ? { dots_per_character: dots } : {}),
  }
}

const isText = (value: unknown): value is SignText => Array.isArray(value) && value.every((page) => Array.isArray(page) && page.every((line) => typeof line === 'string'))

function isTemplate(value: unknown): value is SignTemplate {
  if (typeof value !== 'object' || value === null) return false
  const { kind, ways, notice, pages, units } = value as Record<string, unknown>
  if (kind === 'travel-times') return Array.isArray(ways) && ways.every((way: unknown) => typeof (way as { corridor?: unknown } | null)?.corridor === 'string' && typeof (way as { text?: unknown }).text === 'string')
  return isText(pages) && (kind === 'advertisement' || (kind === 'notice' && typeof notice === 'string' && typeof units === 'number'))
}

/**
 * Composes the message of this minute and keeps it where it is worth sending; undefined where the one before still says it. A screen whose settings
 * name what is not published is sent its neutral content, with the reason in its basis.
 */
export async function tellScreen(screens: Pick<ScreenStore, 'messages' | 'log'>, screen: ScreenRecord, publication: Publication, now: Instant, options: Pick<ComposeOptions, 'predicted_s'> = {}): Promise<ScreenMessage | undefined> {
  const [before] = await screens.messages(screen.id, 1)
  const next = compose(screen, publication, { now, ...options }, before === undefined ? undefined : messageOf(before).basis.advice?.state)
  // What has run out on the screen is sent again, whatever it was.
  if (before !== undefined && before.expires_at > now && !worthSending(messageOf(before), next)) return undefined
  const message: ScreenMessage = {
    id: `${screen.id}-${publication.id}`, screen: screen.id, sent_at: now, expires_at: next.expires_at, content: next.content, basis: { ...next.basis, neutral: next.neutral },
    ...(next.approver === undefined ? {} : { approver: next.approver }), read_back: 'not-possible',
  }
  await screens.log(message)
  return message
}

function compose(screen: ScreenRecord, publication: Publication, options: ComposeOptions, advised: AdviceState | undefined): SignMessage {
  try {
    const { sign, template } = signOf(screen)
    const said = composeSign(sign, publication, { ...options, ...(template === undefined ? {} : { template }) })
    const guidance = findGuidance(screen.settings)
    return guidance === undefined ? said : advise(said, sign, guidance, publication, options.now, advised)
  } catch (error) {
    if (!(error instanceof GreenwaveError)) throw error
    const neutral = isText(screen.settings['neutral']) ? screen.settings['neutral'] : []
    const said = composeSign({ id: screen.id, kind: screen.kind, segments: [], ...FACE, neutral }, publication, { now: options.now })
    return { ...said, neutral: true, basis: { ...said.basis, withheld: [...said.basis.withheld, error.message] } }
  }
}

/** The advice in place of the text. Without enough data of a way there is none: the sign says what it would say without guidance. */
function advise(said: SignMessage, sign: Sign, guidance: GuidanceSettings, publication: Publication, now: Instant, before: AdviceState | undefined): SignMessage {
  const { pages, times, state, why, approver } = adviceFor(guidance, agedPublication(publication, now), { now, ...(before === undefined ? {} : { before }) })
  // Kept as JSON, which has no infinity: what has never been changed has stood since the beginning of time.
  const basis: SignBasis = { ...said.basis, advice: { state: { ...state, since: Math.max(0, state.since) }, why } }
  if (pages.length === 0) return { ...said, basis: { ...basis, withheld: [...basis.withheld, `no advice: ${why}`] } }
  requireReadable(sign, pages, pages[0]!.length)
  return {
    ...said, neutral: false, content: { ...said.content, pages }, ...(approver === undefined ? {} : { approver }),
    basis: { ...basis, times: times.map(({ route, travel_s }) => ({ corridor: route, travel_time_s: travel_s, predicted: true })) },
  }
}

function messageOf({ screen, sent_at, expires_at, content, basis }: ScreenMessage): SignMessage {
  const { neutral, ...own } = basis as SignBasis & { neutral: boolean }
  return { sign: screen, made_at: sent_at, expires_at, neutral, content: content as SignContent, basis: own }
}
