// How objects are got and set, whatever carries them: UDP (udp-port.ts), or an emulated controller in this process.
import { GreenwaveError } from '../../../model/errors.ts'
import type { WriteValue } from './objects.ts'

/** What stands at an id; undefined = the controller has no such object. Octets as hex after `0x`, ids dotted, all else decimal. */
export interface Found {
  oid: string
  value: string | undefined
}

/** The controller said no. `index` is the first item that it did not take, from 1; 0 = it did not say. */
export class SnmpRefusal extends GreenwaveError {
  readonly status: number
  readonly index: number

  constructor(status: number, index: number) {
    super('controller.refused', `the controller answers ${STATUS[status] ?? `error ${status}`}${index > 0 ? ` for item ${index}` : ''}`)
    this.status = status
    this.index = index
  }
}

/** RFC 3416. */
export const STATUS = ['noError', 'tooBig', 'noSuchName', 'badValue', 'readOnly', 'genErr', 'noAccess', 'wrongType', 'wrongLength', 'wrongEncoding', 'wrongValue', 'noCreation', 'inconsistentValue', 'resourceUnavailable', 'commitFailed', 'undoFailed', 'authorizationError', 'notWritable', 'inconsistentName']

export interface SnmpPort {
  /** In the order asked. Throws SnmpRefusal, `controller.unreachable`, `controller.malformed`. One request at a time. */
  get(oids: string[]): Promise<Found[]>
  /** One SET of all items; comes back when it was acknowledged. Sent once. Throws as above. */
  set(items: WriteValue[]): Promise<void>
  close(): void
}

/** What was not believed, and what had to be asked again. */
export interface Counters {
  /** Datagrams that were no readable answer. */
  malformed: number
  /** Well-formed ones from elsewhere, without authentication, or that nobody had asked for. */
  unexpected: number
  /** Requests without an answer. */
  unanswered: number
}
