// The one catalogue of errors: a stable code, the exit code of the command line, and the status of the API.
// The sentence is written where the error is found, because only there are the place and the value known.

export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  invalidInput: 3,
  infeasible: 4,
  refused: 5,
  unreachable: 6,
  interrupted: 130,
} as const

interface CatalogueEntry {
  exit: number
  status: number
  /** What the reader can do next. */
  next: string
}

export const CATALOGUE = {
  'usage': { exit: EXIT.usage, status: 400, next: 'Run `greenwave help` for the commands and their options.' },
  'usage.unknown-command': { exit: EXIT.usage, status: 404, next: 'Run `greenwave help` for the list of commands.' },
  'input.unreadable': { exit: EXIT.invalidInput, status: 422, next: 'Check the path and the permissions.' },
  'input.empty': { exit: EXIT.invalidInput, status: 422, next: 'Export the file again.' },
  'input.format': { exit: EXIT.invalidInput, status: 422, next: 'Name the format of the file with --format.' },
  'input.truncated': { exit: EXIT.invalidInput, status: 422, next: 'Export the file again; its end is missing.' },
  'input.syntax': { exit: EXIT.invalidInput, status: 422, next: 'Correct the file at the place named.' },
  'input.value': { exit: EXIT.invalidInput, status: 422, next: 'Correct the value at the place named.' },
  'input.duplicate': { exit: EXIT.invalidInput, status: 422, next: 'Give each element an id of its own.' },
  'input.reference': { exit: EXIT.invalidInput, status: 422, next: 'Correct the reference or add the element.' },
  'network.signal': { exit: EXIT.invalidInput, status: 422, next: 'Complete the signal in the source.' },
  'feed.unreachable': { exit: EXIT.unreachable, status: 502, next: 'Check the address of the source, and that it runs and lets you in.' },
  'corridor.unknown': { exit: EXIT.invalidInput, status: 404, next: 'Name a corridor of the scenario.' },
  'corridor.disconnected': { exit: EXIT.invalidInput, status: 422, next: 'Check the order of the corridor and its links.' },
  'period.unknown': { exit: EXIT.invalidInput, status: 404, next: 'Name a period of the scenario, or HH:MM-HH:MM.' },
  'plan.infeasible': { exit: EXIT.infeasible, status: 422, next: 'Allow a longer cycle or shorter minimums.' },
  'plan.refused': { exit: EXIT.refused, status: 409, next: 'Correct the plan; a plan that breaks a rule cannot leave.' },
  'band.unconfirmed': { exit: EXIT.failure, status: 500, next: 'Report this with the scenario: solver and checker disagree.' },
  'request.malformed': { exit: EXIT.usage, status: 400, next: 'Correct the request; the documentation shows an example.' },
  'request.unauthenticated': { exit: EXIT.refused, status: 401, next: 'Log in, or send a valid key.' },
  'request.forbidden': { exit: EXIT.refused, status: 403, next: 'Ask an administrator for the right.' },
  'request.unknown': { exit: EXIT.invalidInput, status: 404, next: 'Check the address and the id.' },
  'request.method': { exit: EXIT.usage, status: 405, next: 'Use one of the methods that the answer allows.' },
  'request.too-slow': { exit: EXIT.failure, status: 408, next: 'Send headers and body without long breaks.' },
  'request.too-large': { exit: EXIT.invalidInput, status: 413, next: 'Send it in smaller parts.' },
  'request.media': { exit: EXIT.invalidInput, status: 415, next: 'Send one of the content types that the documentation names.' },
  'request.invalid': { exit: EXIT.invalidInput, status: 422, next: 'Correct the values at the places named.' },
  'request.version-missing': { exit: EXIT.usage, status: 428, next: 'Send If-Match with the ETag that you read.' },
  'request.too-many': { exit: EXIT.failure, status: 429, next: 'Wait as long as Retry-After says.' },
  'idempotency.missing': { exit: EXIT.usage, status: 400, next: 'Send an Idempotency-Key of your own making.' },
  'idempotency.other': { exit: EXIT.usage, status: 422, next: 'Use a new Idempotency-Key for another request.' },
  'idempotency.running': { exit: EXIT.failure, status: 409, next: 'Wait; the first request with this key has not ended.' },
  'login.unreachable': { exit: EXIT.unreachable, status: 502, next: 'Try again, or log in with a password; an administrator finds out more with `greenwave doctor`.' },
  'store.conflict': { exit: EXIT.failure, status: 412, next: 'Read it again and repeat your change on what you find.' },
  'store.unreachable': { exit: EXIT.unreachable, status: 503, next: 'Check that the database runs and that its address is right.' },
  'store.locked': { exit: EXIT.failure, status: 503, next: 'Stop the other process, or give this one its own directory.' },
  'store.full': { exit: EXIT.failure, status: 507, next: 'Make room on the disk of the database.' },
  'store.version': { exit: EXIT.failure, status: 503, next: 'Start a version of greenwave that knows this database.' },
  'store.unfit': { exit: EXIT.failure, status: 503, next: 'Let an administrator of the database install PostGIS (CREATE EXTENSION postgis) and grant the right to create tables.' },
  'store.broken': { exit: EXIT.failure, status: 503, next: 'Start greenwave again; report it if it happens again.' },
  'stream.unreachable': { exit: EXIT.unreachable, status: 503, next: 'Check that NATS runs with JetStream and that its address is right; then send it again.' },
  'stream.unfit': { exit: EXIT.failure, status: 503, next: 'Change or remove the stream with the tools of NATS; greenwave makes it anew.' },
  'plan.stage': { exit: EXIT.refused, status: 409, next: 'Take the steps in order: check, simulate, approve, schedule.' },
  'plan.altered': { exit: EXIT.refused, status: 409, next: 'Look into the audit; draft the plan again from a document that you trust.' },
  'batch.other': { exit: EXIT.usage, status: 409, next: 'Send it under a name of its own; the batch that has this name stays as it is.' },
  'controller.unreachable': { exit: EXIT.unreachable, status: 502, next: 'Check the address, the line and the power of the cabinet; nothing is sent again before it was read.' },
  'controller.refused': { exit: EXIT.refused, status: 409, next: 'Look into the sentence; the controller keeps what it had.' },
  'controller.malformed': { exit: EXIT.failure, status: 502, next: 'Check the profile of the device; what it sends does not fit the protocol.' },
  'controller.unfit': { exit: EXIT.infeasible, status: 422, next: 'Choose values that the controller can hold, or another way to deliver the plan.' },
  'controller.busy': { exit: EXIT.refused, status: 409, next: 'Wait until the run that has the controller has ended, or release it.' },
  'deployment.state': { exit: EXIT.refused, status: 409, next: 'Look at the deployment; its state says what can follow.' },
  'job.ended': { exit: EXIT.failure, status: 409, next: 'Nothing to do; the job had ended.' },
  'service.starting': { exit: EXIT.failure, status: 503, next: 'Wait; /readyz says when it is ready.' },
  'service.unfit': { exit: EXIT.failure, status: 503, next: 'Do what stands below each line that failed.' },
  'service.stopping': { exit: EXIT.failure, status: 503, next: 'Ask again; another process or the next start answers.' },
  'service.busy': { exit: EXIT.failure, status: 503, next: 'Send it again as late as Retry-After says.' },
  'service.elsewhere': { exit: EXIT.failure, status: 503, next: 'Send it to a process with the role ingest.' },
  'internal': { exit: EXIT.failure, status: 500, next: 'Report this with the command and its input.' },
} as const satisfies Record<string, CatalogueEntry>

export type ErrorCode = keyof typeof CATALOGUE

/** Where in the input something was found. */
export interface Place {
  file?: string
  line?: number
  /** Element in the words of the file, for example `lane "a_0"` or `record MinGreen of 16`. */
  element?: string
}

function describePlace(place: Place): string {
  const where = place.line === undefined ? place.file : `${place.file ?? ''}:${place.line}`
  return [where, place.element].filter((part) => part !== undefined && part !== '').join(', ')
}

/** A broken input, a refused plan, or a bug: one sentence that names the thing, the value and the limit. */
export class GreenwaveError extends Error {
  readonly code: ErrorCode
  readonly place: Place | undefined

  constructor(code: ErrorCode, sentence: string, place?: Place, cause?: unknown) {
    const prefix = place === undefined ? '' : describePlace(place)
    super(prefix === '' ? sentence : `${prefix}: ${sentence}`, cause === undefined ? undefined : { cause })
    this.name = 'GreenwaveError'
    this.code = code
    this.place = place
  }

  get exitCode(): number {
    return CATALOGUE[this.code].exit
  }

  get next(): string {
    return CATALOGUE[this.code].next
  }
}

/** Something an importer could not understand or had to assume; listed, never dropped silently. */
export interface ImportNote {
  kind: 'assumed' | 'not-understood' | 'corrected'
  place: Place
  message: string
}
