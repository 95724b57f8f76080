// What a sign shows for a publication: colours, travel times, notices, the speed of the green wave. Whatever is missing leaves the
// sign neutral, and each message says on which data it rests.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Publication, PublicNotice } from '../../../model/publication.ts'
import type { Grade } from '../../../model/traffic-state.ts'
import type { Instant, Seconds } from '../../../model/units.ts'
import type { AdviceState } from '../../guidance/index.ts'
import { lampColour, mayShowTimes, type LampColour } from '../display.ts'
import { requireReadable, shownMinutes, type SignFace, type SignText } from './reading.ts'

/** A message lives that long; then the sign shows its default, or nothing. */
export const TIME_TO_LIVE_S = 600
/** Sent again at least so often, and when a time changes by more than a tenth or by two minutes. */
export const REFRESH = { every_s: 300, time_ratio: 0.1, time_s: 120 } as const

export interface TravelTimeTemplate {
  kind: 'travel-times'
  /** One way each, in the order of the lines; `text` holds `{minutes}` once. */
  ways: readonly { corridor: string; text: string }[]
}

export interface NoticeTemplate {
  kind: 'notice'
  notice: string
  pages: SignText
  units: number
}

export interface AdvertisementTemplate {
  kind: 'advertisement'
  pages: SignText
}

export interface Sign extends SignFace {
  kind: 'panel' | 'text' | 'mixed' | 'speed-plate' | 'kiosk'
  /** Segments that it draws, in the order of its lamps. */
  segments: readonly string[]
  /** Shown when there is nothing to say; blank where absent. */
  neutral?: SignText
}

export interface SignContent {
  pages: SignText
  lamps: { segment: string; colour: LampColour }[]
}

/** What a message rests on; kept with it. */
export interface SignBasis {
  publication: string
  computed_at: Instant
  scale: { id: string; version: number }
  values: { id: string; age_s: Seconds | null; vehicles: number | null; grade: Grade | null }[]
  /** Travel times as they were before rounding, s. */
  times: { corridor: string; travel_time_s: Seconds; predicted: boolean }[]
  /** Why something is not shown. */
  withheld: string[]
  /** On signs that guide: which advice stands since when, and why. */
  advice?: { state: AdviceState; why: string }
}

export interface SignMessage {
  sign: string
  made_at: Instant
  expires_at: Instant
  neutral: boolean
  content: SignContent
  basis: SignBasis
  /** Colours and times go out by themselves; notices have somebody who answers for them. */
  approver?: string
}

export interface ComposeOptions {
  now: Instant
  template?: TravelTimeTemplate | NoticeTemplate | AdvertisementTemplate
  /** Travel time for who starts now, by corridor, where the predictor meets its targets. */
  predicted_s?: ReadonlyMap<string, Seconds>
}

/** Throws request.invalid for a text that cannot be read or must not stand there, input.reference for a corridor, segment or notice that is not published. */
export function composeSign(sign: Sign, publication: Publication, options: ComposeOptions): SignMessage {
  const { now, template } = options
  const basis: SignBasis = { publication: publication.id, computed_at: publication.computed_at, scale: { id: publication.scale.id, version: publication.scale.version }, values: [], times: [], withheld: [] }
  const old = now - publication.computed_at >= TIME_TO_LIVE_S || publication.computed_at > now
  const segments = sign.segments.map((id) => published(publication.segments, id, `sign "${sign.id}"`))
  const lamps = segments.map((segment) => ({ segment: segment.id, colour: old ? 'off' as const : lampColour(segment) }))
  basis.values.push(...segments.map(({ id, age_s, vehicles, grade }) => ({ id, age_s, vehicles, grade })))
  if (old) basis.withheld.push(`the publication is ${Math.round(now - publication.computed_at)} s old`)
  const said = old || template === undefined ? undefined : textOf(sign, publication, template, options, basis)
  const pages = said?.pages ?? sign.neutral ?? []
  const expires_at = Math.min(publication.computed_at, now) + TIME_TO_LIVE_S
  return {
    sign: sign.id, made_at: now, expires_at: old ? now + TIME_TO_LIVE_S : expires_at, neutral: said === undefined && lamps.every(({ colour }) => colour === 'off'), content: { pages, lamps }, basis,
    ...(said?.approver === undefined ? {} : { approver: said.approver }),
  }
}

function published<T extends { id: string }>(list: readonly T[], id: string, who: string): T {
  const found = list.find((one) => one.id === id)
  if (found === undefined) throw new GreenwaveError('input.reference', `${who} names "${id}", which is not published`)
  return found
}

function textOf(sign: Sign, publication: Publication, template: NonNullable<ComposeOptions['template']>, options: ComposeOptions, basis: SignBasis): { pages: SignText; approver?: string } | undefined {
  if (template.kind === 'travel-times') return travelTimes(sign, publication, template, options, basis)
  if (template.kind === 'advertisement') {
    const busy = sign.segments.some((id) => ['congested', 'severe'].includes(publication.segments.find((segment) => segment.id === id)?.level ?? ''))
    if (busy) {
      basis.withheld.push('no advertisement while a segment of the sign is red')
      return undefined
    }
    requireReadable(sign, template.pages, 1)
    return { pages: template.pages }
  }
  const notice: PublicNotice = published(publication.notices, template.notice, `sign "${sign.id}"`)
  if (notice.approver.trim() === '') throw new GreenwaveError('request.forbidden', `notice "${notice.id}" has nobody who answers for it`)
  requireReadable(sign, template.pages, template.units)
  return { pages: template.pages, approver: notice.approver }
}

/** Lines of the ways whose data are fresh enough; none at all is no text. */
function travelTimes(sign: Sign, publication: Publication, { ways }: TravelTimeTemplate, { predicted_s }: ComposeOptions, basis: SignBasis): { pages: SignText } | undefined {
  const lines: string[] = []
  for (const { corridor: id, text } of ways) {
    requireMinutesOnce(sign, text)
    const corridor = published(publication.corridors, id, `sign "${sign.id}"`)
    basis.values.push({ id, age_s: corridor.age_s, vehicles: null, grade: corridor.grade })
    if (corridor.travel_time_s === null || !mayShowTimes(corridor.freshness)) {
      basis.withheld.push(`no time of "${id}": ${corridor.travel_time_s === null ? 'not all of it is known' : `its data are ${corridor.freshness}`}`)
      continue
    }
    const predicted = predicted_s?.get(id)
    const travel_time_s = predicted ?? corridor.travel_time_s
    basis.times.push({ corridor: id, travel_time_s, predicted: predicted !== undefined })
    lines.push(text.replace('{minutes}', String(shownMinutes(travel_time_s))))
  }
  if (lines.length === 0) return undefined
  const pages = pagesOf(sign, lines)
  requireReadable(sign, pages, lines.length)
  return { pages }
}

/** Throws request.invalid. */
export function requireMinutesOnce({ id }: Pick<Sign, 'id'>, text: string): void {
  if (text.split('{minutes}').length !== 2) throw new GreenwaveError('request.invalid', `the template "${text}" of sign "${id}" must hold {minutes} once`)
}

/** As many lines a page as the sign has, at most two. */
export function pagesOf({ lines: most }: Pick<Sign, 'lines'>, lines: readonly string[]): string[][] {
  const rows = Math.max(1, Math.min(most, 2))
  return Array.from({ length: Math.ceil(lines.length / rows) }, (_, i) => lines.slice(rows * i, rows * (i + 1)))
}

/** Whether a message is worth sending after the one before: another text apart from its times, another colour, a time that moved, or five minutes. */
export function worthSending(before: SignMessage | undefined, next: SignMessage): boolean {
  if (before === undefined || next.made_at - before.made_at >= REFRESH.every_s || before.neutral !== next.neutral) return true
  if (JSON.stringify(before.content.lamps) !== JSON.stringify(next.content.lamps)) return true
  const skeleton = ({ content }: SignMessage): string => JSON.stringify(content.pages).replaceAll(/\d+/g, '#')
  if (skeleton(before) !== skeleton(next) || (next.basis.times.length === 0 && JSON.stringify(before.content.pages) !== JSON.stringify(next.content.pages))) return true
  return next.basis.times.some(({ corridor, travel_time_s }) => {
    const was = before.basis.times.find((time) => time.corridor === corridor)?.travel_time_s
    return was === undefined || Math.abs(travel_time_s - was) > REFRESH.time_ratio * was || Math.abs(travel_time_s - was) >= REFRESH.time_s
  })
}
