// What a datagram must be before net-snmp sees it. The library checks authentication, privacy and the time window (RFC 3414), but takes an answer
// that claims to need none of them, and a report from any engine; both are refused here, and so is what is no BER at all.
import { GreenwaveError } from '../../../model/errors.ts'
import { integerOf, oidOf, readElement, readElements, TAG, type Element } from './ber.ts'

/** Largest datagram that is looked at: what UDP can carry. */
const LARGEST = 65_507
/** Counters of the user security model (RFC 3414): all that an unauthenticated report may tell. */
const USM_STATS = '1.3.6.1.6.3.15.1.1.'
const MOST_ITEMS = 256
const AUTH_PRIV = 3

export interface Expected {
  version: 'v1' | 'v2c' | 'v3'
  /** Of the controller, once it is known, as hex. */
  engine?: string
}

const refuse = (sentence: string): never => { throw new GreenwaveError('controller.malformed', sentence) }

/** The engine that speaks, in v3. Throws `controller.malformed` with the reason for what is not to be believed. */
export function screen(bytes: Buffer, expected: Expected): string | undefined {
  if (bytes.length > LARGEST) return refuse(`a datagram of ${bytes.length} bytes`)
  const whole = readElement(bytes, 0)
  if (whole.tag !== TAG.sequence || whole.next !== bytes.length) return refuse('the datagram is not one sequence')
  const parts = readElements(whole.content, 4)
  const version = parts[0] === undefined ? -1 : integerOf(parts[0])
  const wanted = { v1: 0, v2c: 1, v3: 3 }[expected.version]
  if (version !== wanted) return refuse(`an answer in SNMP version ${version}, asked was ${wanted}`)
  if (version === 3) return screenV3(parts, expected.engine)
  const [, community, pdu] = parts
  if (parts.length !== 3 || community?.tag !== TAG.octets || pdu === undefined) return refuse('the message has not the three parts of version, community and PDU')
  checkPdu(pdu, TAG.response)
  return undefined
}

function screenV3([, header, security, scoped]: Element[], expected?: string): string {
  if (header?.tag !== TAG.sequence || security?.tag !== TAG.octets || scoped === undefined) return refuse('the message has not the four parts of SNMPv3')
  const [id, size, flags, model] = readElements(header.content, 4)
  if (id === undefined || size === undefined || flags?.tag !== TAG.octets || flags.content.length !== 1 || model === undefined) return refuse('the header of SNMPv3 is not complete')
  if (integerOf(model) !== 3) return refuse(`security model ${integerOf(model)}, not 3`)
  integerOf(id)
  integerOf(size)
  const engine = readSecurity(security.content)
  if (expected !== undefined && engine !== expected) return refuse(`engine ${engine} answers, not ${expected}`)
  const level = flags.content[0]! & AUTH_PRIV
  if (level === AUTH_PRIV) {
    if (scoped.tag !== TAG.octets) return refuse('an encrypted answer without ciphertext')
    return engine
  }
  const [context, name, pdu, ...more] = scoped.tag === TAG.sequence ? readElements(scoped.content, 3) : []
  if (context?.tag !== TAG.octets || name?.tag !== TAG.octets || pdu === undefined || more.length > 0) return refuse('an answer without privacy is not readable')
  if (pdu.tag !== TAG.report) return refuse('an answer without authentication and privacy that is no report')
  for (const oid of checkPdu(pdu, TAG.report)) if (!oid.startsWith(USM_STATS)) return refuse(`a report of ${oid} without authentication and privacy`)
  return engine
}

function readSecurity(content: Buffer): string {
  const sequence = readElement(content, 0)
  const [engine, boots, time, user, proof, salt] = sequence.tag === TAG.sequence && sequence.next === content.length ? readElements(sequence.content, 6) : []
  if (engine?.tag !== TAG.octets || boots === undefined || time === undefined || user?.tag !== TAG.octets || proof?.tag !== TAG.octets || salt?.tag !== TAG.octets) return refuse('the security parameters are not complete')
  if (integerOf(boots) < 0 || integerOf(time) < 0) return refuse('boots or time of the engine is negative')
  // RFC 3411: SnmpEngineID has 5 to 32 octets.
  if (engine.content.length < 5 || engine.content.length > 32) return refuse(`an engine id of ${engine.content.length} bytes`)
  return engine.content.toString('hex')
}

/** Ids of all items. */
function checkPdu(pdu: Element, tag: number): string[] {
  if (pdu.tag !== tag) return refuse(`a PDU 0x${pdu.tag.toString(16)}, not 0x${tag.toString(16)}`)
  const [request, status, index, list] = readElements(pdu.content, 4)
  if (request === undefined || status === undefined || index === undefined || list?.tag !== TAG.sequence) return refuse('a PDU has not four parts')
  for (const number of [request, status, index]) integerOf(number)
  return readElements(list.content, MOST_ITEMS).map((bind) => {
    const [oid, value] = bind.tag === TAG.sequence ? readElements(bind.content, 2) : []
    if (oid === undefined || value === undefined) return refuse('an item of the answer is no pair')
    return oidOf(oid)
  })
}
