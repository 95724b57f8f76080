// Versions as ETags, so that nobody overwrites what they have not seen.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GreenwaveError } from '../../model/errors.ts'

export const etagOf = (version: number | string): string => `"${version}"`

/**
 * The version that the writer saw: from `If-Match: "7"`; 0 from `If-None-Match: *`, for what must not be there yet.
 * Throws `request.version-missing`, `request.malformed`.
 */
export function expectedVersion({ headers }: FastifyRequest): number {
  if (headers['if-none-match'] === '*') return 0
  const tag = headers['if-match']
  if (tag === undefined) throw new GreenwaveError('request.version-missing', 'A change needs If-Match with the ETag of what you saw, or If-None-Match: * for something new')
  const found = /^"(\d{1,15})"$/.exec(tag)
  if (found === null) throw new GreenwaveError('request.malformed', `If-Match is ${JSON.stringify(tag.slice(0, 80))}; an ETag of this service looks like "7"`)
  return Number(found[1])
}

/** Sends the ETag, and true when the reader has this version already: the answer is then 304 without a body. */
export function unchanged(request: FastifyRequest, reply: FastifyReply, version: number | string): boolean {
  reply.header('etag', etagOf(version))
  if (!hasSeen(request, version)) return false
  reply.status(304)
  return true
}

/** Whether the reader says that it has this version. */
export function hasSeen({ headers }: FastifyRequest, version: number | string): boolean {
  const known = headers['if-none-match']
  const tag = etagOf(version)
  return known === tag || (known?.split(',').some((part) => part.trim().replace(/^W\//, '') === tag) ?? false)
}
