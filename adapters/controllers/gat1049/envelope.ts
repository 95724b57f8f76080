// The envelope of GA/T 1049.1: one Message of UTF-8 XML after another, without lengths, of the 2013 or the 2024 edition.
import { GreenwaveError } from '../../../model/errors.ts'
import { childOf, escapeXml, malformed, parseXml, tag, textOf, type XmlElement } from './xml.ts'

/** By its protocol version: 1.0 is the edition of 2013, 2.0 that of 2024. */
export type Edition = '2013' | '2024'
const VERSIONS: Readonly<Record<Edition, string>> = { 2013: '1.0', 2024: '2.0' }
export const versionOf = (edition: Edition): string => VERSIONS[edition]

export const MESSAGE_TYPES = ['REQUEST', 'RESPONSE', 'PUSH', 'ERROR'] as const
export type MessageType = (typeof MESSAGE_TYPES)[number]
export const OPERATION_NAMES = ['Login', 'Logout', 'Subscribe', 'Unsubscribe', 'Get', 'Set', 'Notify', 'Other'] as const
export type OperationName = (typeof OPERATION_NAMES)[number]

export interface Address {
  sys: string
  subsystem: string
  instance: string
}

export interface Operation {
  name: string
  objects: XmlElement[]
}

export interface Message {
  version: string
  token: string
  from: Address
  to: Address
  type: string
  /** yyyyMMddHHmmss and six digits; a response repeats that of its request. */
  seq: string
  operations: Operation[]
}

/** Bytes of one message. */
export const LONGEST_MESSAGE = 1_048_576
const MOST_OPERATIONS = 64
const END = Buffer.from('</Message>')

/** Where a session puts its own number; a frame that is shown before it is sent has this and no token. */
export const NO_SEQ = '0'.repeat(20)

export interface Envelope {
  edition: Edition
  from: Address
  to: Address
  type: MessageType
  token?: string
  seq?: string
}

/** One message of one operation; `objects` are XML already. */
export function encodeMessage({ edition, from, to, type, token = '', seq = NO_SEQ }: Envelope, operation: OperationName, objects: string): string {
  const body = `<Operation order="1" name="${operation}">${objects}</Operation>`
  return tag('Message', [
    tag('Version', versionOf(edition)), tag('Token', escapeXml(token)), tag('From', addressXml(from)), tag('To', addressXml(to)), tag('Type', type), tag('Seq', seq), tag('Body', body),
  ].join(''))
}

const addressXml = ({ sys, subsystem, instance }: Address): string => tag('Address', tag('Sys', escapeXml(sys)) + tag('SubSys', escapeXml(subsystem)) + tag('Instance', escapeXml(instance)))

/** A frame as it was shown, with what only the session knows. */
export function withSession(frame: string, token: string, seq: string): string {
  return frame.replace('<Token/>', () => tag('Token', escapeXml(token))).replace(`<Seq>${NO_SEQ}</Seq>`, () => tag('Seq', seq))
}

/** In: what MessageCutter cuts off. Throws controller.malformed. */
export function decodeMessage(bytes: Uint8Array): Message {
  if (bytes.length > LONGEST_MESSAGE) throw malformed(`a message of ${bytes.length} bytes; at most ${LONGEST_MESSAGE}`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw malformed('a message that is no UTF-8')
  }
  const root = parseXml(text.trimStart())
  if (root.name !== 'Message') throw malformed(`<${root.name.slice(0, 40)}> instead of a Message`)
  const seq = textOf(root, 'Seq')
  if (!/^\d{20}$/.test(seq)) throw malformed(`the Seq ${JSON.stringify(seq.slice(0, 40))}; it has 20 digits`)
  const operations = (childOf(root, 'Body')?.children ?? []).filter(({ name }) => name === 'Operation').map(({ attributes, children }) => ({ name: attributes.name ?? '', objects: children }))
  if (operations.length > MOST_OPERATIONS) throw malformed(`${operations.length} operations in a message`)
  return { version: textOf(root, 'Version'), token: textOf(root, 'Token'), from: addressOf(root, 'From'), to: addressOf(root, 'To'), type: textOf(root, 'Type'), seq, operations }
}

function addressOf(root: XmlElement, name: string): Address {
  const address = childOf(root, name)?.children.find((child) => child.name === 'Address')
  return address === undefined ? { sys: '', subsystem: '', instance: '' } : { sys: textOf(address, 'Sys'), subsystem: textOf(address, 'SubSys'), instance: textOf(address, 'Instance') }
}

/** Cuts bytes into messages, however they come. What stands between two messages belongs to the second and makes it malformed, unless it is white space or an XML declaration. */
export class MessageCutter {
  #rest: Buffer = Buffer.alloc(0)

  /** Throws controller.malformed for what has no end. */
  push(bytes: Uint8Array): Buffer[] {
    // An end may be split between the two.
    let from = Math.max(0, this.#rest.length - END.length)
    let rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes])
    const messages: Buffer[] = []
    for (let end = rest.indexOf(END, from); end >= 0; end = rest.indexOf(END, from)) {
      messages.push(rest.subarray(0, end + END.length))
      rest = rest.subarray(end + END.length)
      from = 0
    }
    if (rest.length > LONGEST_MESSAGE) throw malformed(`${rest.length} bytes without the end of a message`)
    this.#rest = rest
    return messages
  }
}

const MARKED = /(<(?:\w+:)?(?:Pwd|Token)(?:\s[^>]*)?>)([^<]*)/g

/** Bytes of a message with passwords and tokens as zeros of the same length, and whatever else repeats one of the secrets. */
export function maskSecrets(bytes: Uint8Array, secrets: readonly string[]): Buffer {
  let text = Buffer.from(bytes).toString('latin1').replaceAll(MARKED, (_, open: string, content: string) => open + '\0'.repeat(content.length))
  for (const secret of secrets) {
    for (const form of new Set([secret, escapeXml(secret)].map((one) => Buffer.from(one).toString('latin1')))) if (form !== '') text = text.replaceAll(form, '\0'.repeat(form.length))
  }
  return Buffer.from(text, 'latin1')
}

/** Tells what a message is for, for notes. */
export const titleOf = ({ type, operations }: Pick<Message, 'type' | 'operations'>): string =>
  `${type} ${operations.map(({ name, objects }) => `${name} ${objects.map((object) => object.name).join(' ')}`).join(', ')}`.slice(0, 120)

/** Throws controller.malformed for a version that neither edition has. */
export function editionOf({ version }: Pick<Message, 'version'>): Edition {
  const edition = (Object.keys(VERSIONS) as Edition[]).find((one) => VERSIONS[one] === version)
  if (edition === undefined) throw new GreenwaveError('controller.malformed', `the signal system speaks version ${JSON.stringify(version.slice(0, 20))}; 1.0 and 2.0 are understood`)
  return edition
}
