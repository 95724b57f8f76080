// Problem documents (RFC 9457): what every refusal and failure looks like.
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CATALOGUE, GreenwaveError, type ErrorCode } from '../../model/errors.ts'
import { Addresses } from './addresses.ts'

export interface Problem {
  /** Where the code is explained. */
  type: string
  title: string
  status: number
  detail: string
  /** Id of the request, as in the log. */
  instance: string
  code: ErrorCode
  /** What to do next. */
  next: string
  errors?: { pointer: string; message: string }[]
}

const TITLES: Record<number, string> = {
  400: 'Malformed request', 401: 'Not logged in', 403: 'Not allowed', 404: 'Not found', 405: 'Method not allowed', 408: 'Too slow', 409: 'Conflict', 412: 'Changed meanwhile',
  413: 'Too large', 415: 'Unknown content type', 422: 'Invalid values', 428: 'Version missing', 429: 'Too many requests', 500: 'Failure', 502: 'Source unreachable', 503: 'Not available now', 507: 'Disk full',
}

/** The document for any error; what is not in the catalogue is a defect, whose words stay in the log. */
export function problemOf(error: unknown, instance: string): Problem {
  const known = error instanceof GreenwaveError ? error : fromFastify(error as FastifyError)
  const { status, next } = CATALOGUE[known.code]
  const errors = 'errors' in known ? (known.errors as Problem['errors']) : undefined
  return { type: `/api/docs/problems#${known.code}`, title: TITLES[status] ?? 'Failure', status, detail: known.message, instance, code: known.code, next, ...(errors === undefined ? {} : { errors }) }
}

interface Known {
  code: ErrorCode
  message: string
  errors?: { pointer: string; message: string }[]
}

/** Fastify's own refusals, in our words. */
function fromFastify(error: FastifyError): Known {
  if (error.validation !== undefined) {
    const where = error.validationContext === 'body' ? '' : `/${error.validationContext ?? ''}`
    const errors = error.validation.map(({ instancePath, message }) => ({ pointer: `${where}${instancePath}`, message: message ?? 'is not valid' }))
    return { code: 'request.invalid', message: errors.map(({ pointer, message }) => `${pointer === '' ? 'the body' : pointer} ${message}`).join('; '), errors }
  }
  const { statusCode = 500 } = error
  if (statusCode === 413) return { code: 'request.too-large', message: 'The body is larger than this address takes.' }
  if (statusCode === 415) return { code: 'request.media', message: 'This content type is not read here.' }
  if (statusCode === 404) return { code: 'request.unknown', message: 'There is nothing at this address.' }
  if (statusCode === 405) return { code: 'request.method', message: 'This method is not used at this address.' }
  if (statusCode === 429) return { code: 'request.too-many', message: error.message }
  if (statusCode >= 400 && statusCode < 500) return { code: 'request.malformed', message: error.message }
  return { code: 'internal', message: 'Something in greenwave failed; the log has the request by its instance.' }
}

function send(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error, request.id)
  // What is known and passes is told once where it begins, not with every request.
  if (problem.status === 500) request.log.error(error)
  else if (problem.status > 500 && problem.status !== 503) request.log.warn({ code: problem.code }, problem.detail)
  if (problem.status === 503 || problem.status === 507) reply.header('retry-after', '5')
  return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

export function installProblems(server: FastifyInstance): void {
  const addresses = new Addresses(server)
  server.setErrorHandler((error, request, reply) => send(error, request, reply))
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!
    const methods = addresses.methodsAt(path)
    if (methods.length === 0) return send(new GreenwaveError('request.unknown', `There is nothing at ${path.slice(0, 200)}`), request, reply)
    reply.header('allow', methods.join(', '))
    return send(new GreenwaveError('request.method', `${path.slice(0, 200)} does not know ${request.method}; it knows ${methods.join(', ')}`), request, reply)
  })
}

/** For what never becomes a request of a route: an address that cannot be read. */
export const sendFrameworkProblem = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
  send(new GreenwaveError('request.malformed', error.message), request, reply)
}

/** For what never becomes a request at all: broken HTTP, endless headers, and who is too slow. */
export function sendSocketProblem(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify(problemOf(refusalOf(error.code), randomUUID()))
  const { status } = JSON.parse(body) as Problem
  socket.end(`HTTP/1.1 ${status} ${TITLES[status] ?? 'Failure'}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`)
}

function refusalOf(code: string | undefined): GreenwaveError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new GreenwaveError('request.too-slow', 'The request did not come in time')
  if (code === 'HPE_HEADER_OVERFLOW') return new GreenwaveError('request.too-large', 'The headers are larger than they may be')
  return new GreenwaveError('request.malformed', 'This is not HTTP as it should be')
}
