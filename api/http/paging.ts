// Pages of lists: an opaque cursor and `Link: rel="next"` (RFC 8288).
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Page, PageRequest } from '../../plans/ports/store.ts'

/** To be spread into the query of a list. */
export const PAGE = {
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'At most so many items' }),
  after: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: '`next` of the page before' })),
}
export const PageQuery = Type.Object(PAGE)

export const pageRequest = ({ limit, after }: { limit: number; after?: string }): PageRequest => ({ limit, ...(after === undefined ? {} : { after }) })

/** Sets the Link header and passes the page on. */
export function sendPage<T>(request: FastifyRequest, reply: FastifyReply, page: Page<T>): Page<T> {
  if (page.next !== undefined) {
    const address = new URL(request.url, 'http://x')
    address.searchParams.set('after', page.next)
    reply.header('link', `<${address.pathname}${address.search}>; rel="next"`)
  }
  return page
}
