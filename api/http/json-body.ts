// Reads JSON bodies: UTF-8 and nothing else, no deeper than documents of ours are, no names that reach into prototypes.
import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { GreenwaveError } from '../../model/errors.ts'

/** GeoJSON and plans have less than 20 levels; what walks through documents by recursion must not run out of stack. */
const DEEPEST = 100

const [QUOTE, BACKSLASH, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x7b, 0x5d, 0x7d]

export function installJsonBody(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer
    if (!isUtf8(bytes)) return done(new GreenwaveError('request.malformed', 'The body is not UTF-8'))
    if (isDeeper(bytes, DEEPEST)) return done(new GreenwaveError('request.malformed', `The body has more than ${DEEPEST} levels of lists and objects within each other`))
    return parse(request, bytes.toString(), done)
  })
}

/** Of JSON; of anything else it says something or other, which is refused afterwards. */
function isDeeper(bytes: Buffer, deepest: number): boolean {
  let depth = 0
  let quoted = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (quoted) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) quoted = false
    } else if (byte === QUOTE) quoted = true
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth++
      if (depth > deepest) return true
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--
  }
  return false
}
