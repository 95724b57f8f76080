// Problem documents (RFC 9457): what every refusal and failure looks like.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CATALOGUE, GreenwaveError, type ErrorCode } from '../../model/errors.ts'

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
    const errors = error.validation.map(({ instancePath, message, params }) => ({ pointer: `${where}${instancePath}${missingPart(params)}`, message: message ?? 'is not valid' }))
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

const missingPart = (params: Record<string, unknown>): string => (typeof params['missingProperty'] === 'string' ? `/${params['missingProperty']}` : '')

function send(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error, request.id)
  if (problem.status >= 500) request.log.error(error)
  if (problem.status === 503 || problem.status === 507) reply.header('retry-after', '5')
  return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

export function installProblems(server: FastifyInstance): void {
  server.setErrorHandler((error, request, reply) => send(error, request, reply))
  server.setNotFoundHandler((request, reply) => send(new GreenwaveError('request.unknown', `There is nothing at ${request.method} ${request.url.split('?')[0]}`), request, reply))
}
