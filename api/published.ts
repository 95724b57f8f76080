// What routes know of the latest publication: its document as it may be shown now, how long an answer made of it holds, and the tag that it goes by.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GreenwaveError } from '../model/errors.ts'
import type { Publication } from '../model/publication.ts'
import type { Instant, Seconds } from '../model/units.ts'
import { agedPublication, lagOf, PUBLISHED_EVERY_S } from '../plans/publication/aged.ts'
import type { Snapshot } from '../plans/ports/publication.ts'
import { unchanged } from './http/etag.ts'
import type { Service } from './server.ts'

export interface Published {
  /** As it may be shown now: values that have become too old since are gone. */
  publication: Publication
  /** Changes whenever what may be shown changes. */
  tag: string
}

/** Of a snapshot; undefined where it holds something else. */
export function publicationOf({ document }: Snapshot): Publication | undefined {
  return (document as { format?: unknown } | null)?.format === 'greenwave.publication/1' ? document as Publication : undefined
}

/** Throws `request.unknown` for a network of which nothing is published. */
export async function latestPublished({ store, clock }: Pick<Service, 'store' | 'clock'>, network: string): Promise<Published> {
  const snapshot = await store.snapshots.latest(network)
  const publication = snapshot === undefined ? undefined : publicationOf(snapshot)
  if (publication === undefined) throw new GreenwaveError('request.unknown', `Nothing has been published of the network ${JSON.stringify(network)}`)
  const now = clock.now()
  return { publication: agedPublication(publication, now), tag: `${publication.id}+${lagOf(publication, now)}` }
}

/** Until the next publication is due, and not longer than a few seconds where it is late. */
export function freshFor(computed_at: Instant, now: Instant): Seconds {
  const left = Math.ceil(computed_at + PUBLISHED_EVERY_S - now)
  return left >= 1 && left <= PUBLISHED_EVERY_S ? left : 5
}

/** Sends the tag and how long to keep the answer; true when the reader has it already (304). */
export function publishedAnswer({ settings, clock }: Pick<Service, 'settings' | 'clock'>, request: FastifyRequest, reply: FastifyReply, { publication, tag }: Published, of = ''): boolean {
  reply.header('cache-control', `${settings.published ? 'public' : 'private'}, max-age=${freshFor(publication.computed_at, clock.now())}`)
  return unchanged(request, reply, `${tag}${of}`)
}

/** Of reports to print: nothing but the style sheet inside them. */
export const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

/** Text of a kind of its own; schemas of answers are for JSON. */
export const sendText = (reply: FastifyReply, type: string, text: string): FastifyReply => reply.type(type).serializer((body: unknown) => body as string).send(text)
