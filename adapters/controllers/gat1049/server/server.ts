// greenwave as a signal system (UTCS) that a police platform logs in to: what is set up on request, what runs to those who subscribed, and a no to whatever would control.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { GreenwaveError } from '../../../../model/errors.ts'
import { LocalTime } from '../../../../model/local-time.ts'
import type { Instant } from '../../../../model/units.ts'
import { sha256 } from '../../../../plans/ports/canonical.ts'
import { type Address, decodeMessage, type Edition, encodeMessage, type Message, MessageCutter, type MessageType, OPERATION_NAMES, type OperationName, versionOf } from '../envelope.ts'
import { decodeObject, encodeObject, isObjectName, type ObjectName, type ObjectOf } from '../objects.ts'
import { seqOf } from '../time.ts'
import type { XmlElement } from '../xml.ts'

export type ErrorType = 'SDE_Version' | 'SDE_Token' | 'SDE_Address' | 'SDE_MsgType' | 'SDE_OperName' | 'SDE_UserName' | 'SDE_Pwd' | 'SDE_NotAllow' | 'SDE_Failure' | 'SDE_Unknown'

/** What greenwave shows of itself. */
export interface Presented {
  /** Objects of a kind, of an owner (CrossID, RegionID ...) and a number within it; empty text = all. Empty where there is none. Throws what the store throws. */
  find<N extends ObjectName>(name: N, id: string, number: string): Promise<readonly ObjectOf<N>[]>
}

export interface ServerSetup {
  edition: Edition
  /** Password of a user; undefined for a stranger. */
  password(user: string): string | undefined
  presented: Presented
  time_zone: string
  now(): Instant
  /** Of the computer's clock; defaults 30 and 90. */
  heartbeat_s?: number
  silence_s?: number
  most_connections?: number
}

interface Client {
  socket: Socket
  token: string
  platform: Address
  subscribed: Set<ObjectName>
  /** `object cross` that CrossReportCtrl started; lamps and traffic are told of these only. */
  reported: Set<string>
  queue: Promise<void>
}

const OWN: Address = { sys: 'UTCS', subsystem: '', instance: '' }
const PLATFORM = 'TICP'
/** Too much to be told of every intersection unasked. */
const ON_DEMAND: ReadonlySet<ObjectName> = new Set(['CrossCycle', 'CrossStage', 'CrossSignalGroupStatus', 'CrossTrafficData', 'StageTrafficData'])
const RUN_OBJECTS: ReadonlySet<string> = new Set(['SysState', 'CrossState', 'CrossCtrlInfo', 'CrossModePlan', 'SignalControllerError', ...ON_DEMAND])
const MOST_CONNECTIONS = 16
/** Bytes that wait for a platform that doesn't read; then it is cut off. */
const MOST_WAITING = 4_194_304

/** Whole characters. */
const brief = (text: string): string => [...text].slice(0, 40).join('')

class Refused extends Error {
  readonly type: ErrorType
  readonly object: string

  constructor(type: ErrorType, object: string, sentence: string) {
    super(sentence)
    this.type = type
    this.object = object
  }
}

export class PlatformServer {
  readonly #setup: ServerSetup
  readonly #local: LocalTime
  readonly #server: Server
  readonly #clients = new Set<Client>()
  #count = 0
  /** Bytes that were no message; their connections were closed. */
  malformed = 0

  constructor(setup: ServerSetup) {
    this.#setup = setup
    this.#local = new LocalTime(setup.time_zone)
    this.#server = createServer((socket) => this.#accept(socket))
  }

  /** Out: the port. Throws what listening throws. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => { this.#server.once('error', reject).listen(port, host, resolve) })
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }

  async close(): Promise<void> {
    for (const { socket } of this.#clients) socket.destroy()
    await new Promise<void>((resolve) => { this.#server.close(() => resolve()) })
  }

  /** Tells a run object to those who subscribed to it. `cross`: whose it is. */
  push<N extends ObjectName>(name: N, object: ObjectOf<N>, cross: string): void {
    for (const client of this.#clients) {
      if (client.subscribed.has(name) && (!ON_DEMAND.has(name) || client.reported.has(`${name} ${cross}`))) this.#send(client, 'PUSH', 'Notify', encodeObject(name, object))
    }
  }

  #accept(socket: Socket): void {
    if (this.#clients.size >= (this.#setup.most_connections ?? MOST_CONNECTIONS)) { socket.destroy(); return }
    const client: Client = { socket, token: '', platform: { sys: PLATFORM, subsystem: '', instance: '' }, subscribed: new Set(), reported: new Set(), queue: Promise.resolve() }
    const cutter = new MessageCutter()
    const silence = setTimeout(() => socket.destroy(), (this.#setup.silence_s ?? 90) * 1000).unref()
    const beat = setInterval(() => { if (client.token !== '') this.#send(client, 'PUSH', 'Notify', encodeObject('SDO_HeartBeat', {})) }, (this.#setup.heartbeat_s ?? 30) * 1000).unref()
    this.#clients.add(client)
    socket.setNoDelay(true).on('error', () => socket.destroy()).on('close', () => { clearTimeout(silence); clearInterval(beat); this.#clients.delete(client) })
    socket.on('data', (bytes) => {
      try {
        for (const message of cutter.push(bytes).map(decodeMessage)) {
          silence.refresh()
          // Answers come in the order of the requests.
          client.queue = client.queue.then(() => this.#serve(message, client)).catch(() => { socket.destroy() })
        }
      } catch {
        this.malformed++
        socket.destroy()
      }
    })
  }

  async #serve(message: Message, client: Client): Promise<void> {
    const [operation] = message.operations
    const name = OPERATION_NAMES.find((one) => one === operation?.name) ?? 'Other'
    try {
      const isBeat = message.type === 'PUSH' && operation?.objects[0]?.name === 'SDO_HeartBeat'
      this.#check(message, client, isBeat)
      if (!isBeat) this.#send(client, 'RESPONSE', name, await this.#answer(name, operation.objects, client, message.from), message.seq)
    } catch (error) {
      const { type, object } = error instanceof Refused ? error : { type: 'SDE_Failure' as const, object: '' }
      const ErrDesc = error instanceof Refused || error instanceof GreenwaveError ? error.message : 'it failed'
      this.#send(client, 'ERROR', name, encodeObject('SDO_Error', { ErrObj: object || (operation?.objects[0]?.name ?? ''), ErrType: type, ErrDesc }), message.seq)
    }
  }

  #check({ version, token, from, to, type, operations }: Message, client: Client, isBeat: boolean): void {
    const own = versionOf(this.#setup.edition)
    if (version !== own) throw new Refused('SDE_Version', 'Version', `version ${own} is spoken here`)
    if (to.sys !== OWN.sys || from.sys !== PLATFORM) throw new Refused('SDE_Address', 'Address', `from ${PLATFORM} to ${OWN.sys} is what is answered`)
    if (type !== 'REQUEST' && !isBeat) throw new Refused('SDE_MsgType', 'Type', 'requests are what is answered')
    const [operation, more] = operations
    if (operation === undefined || more !== undefined || !OPERATION_NAMES.some((one) => one === operation.name)) throw new Refused('SDE_OperName', 'Operation', 'one known operation a message')
    if (operation.name !== 'Login' && (client.token === '' || token !== client.token)) throw new Refused('SDE_Token', 'Token', 'log in on this connection first')
  }

  async #answer(name: OperationName, objects: readonly XmlElement[], client: Client, from: Address): Promise<string> {
    switch (name) {
      case 'Login': return this.#login(one(objects, 'SDO_User'), client, from)
      case 'Logout':
        client.token = ''
        client.subscribed.clear()
        client.reported.clear()
        return ''
      case 'Subscribe': case 'Unsubscribe': return objects.map((element) => this.#subscribe(name, element, client)).join('')
      case 'Get': return (await Promise.all(objects.map((element) => this.#get(element)))).join('')
      case 'Set': return objects.map((element) => set(element, client)).join('')
      default: throw new Refused('SDE_OperName', 'Operation', `${name} is not answered here`)
    }
  }

  #login(element: XmlElement, client: Client, from: Address): string {
    const { UserName, Pwd } = read('SDO_User', element)
    const password = this.#setup.password(UserName)
    if (password === undefined) throw new Refused('SDE_UserName', 'SDO_User', 'no such user')
    // Of equal length whatever was sent.
    if (!timingSafeEqual(Buffer.from(sha256(Pwd)), Buffer.from(sha256(password)))) throw new Refused('SDE_Pwd', 'SDO_User', 'not the password')
    client.token = randomBytes(16).toString('hex')
    client.platform = from
    return encodeObject('SDO_User', { UserName, Pwd: '' })
  }

  #subscribe(name: 'Subscribe' | 'Unsubscribe', element: XmlElement, { subscribed }: Client): string {
    const entity = read('SDO_MsgEntity', element)
    if (!RUN_OBJECTS.has(entity.ObjName)) throw new Refused('SDE_NotAllow', 'SDO_MsgEntity', `"${brief(entity.ObjName)}" is not pushed`)
    if (name === 'Subscribe') subscribed.add(entity.ObjName as ObjectName)
    else subscribed.delete(entity.ObjName as ObjectName)
    return encodeObject('SDO_MsgEntity', entity)
  }

  async #get(element: XmlElement): Promise<string> {
    const { ObjName, ID, No } = read('TSCCmd', element)
    if (!isObjectName(ObjName) || ObjName.startsWith('SDO_')) throw new Refused('SDE_Unknown', 'TSCCmd', `there is no object "${brief(ObjName)}"`)
    const found = await this.#setup.presented.find(ObjName, ID, No)
    if (found.length === 0) throw new Refused('SDE_Failure', ObjName, `there is no ${ObjName} ${No} of "${brief(ID)}"`)
    return found.map((object) => encodeObject(ObjName, object)).join('')
  }

  #send({ socket, token, platform }: Client, type: MessageType, operation: OperationName, objects: string, seq?: string): void {
    if (socket.destroyed) return
    if (socket.writableLength > MOST_WAITING) { socket.destroy(); return }
    socket.write(encodeMessage({ edition: this.#setup.edition, from: OWN, to: platform, type, token, seq: seq ?? seqOf(this.#local, this.#setup.now(), ++this.#count) }, operation, objects))
  }
}

/** What is sent on demand may be asked for; everything else would control signals, and nothing of ours is controlled from there. */
function set(element: XmlElement, { reported }: Client): string {
  if (element.name !== 'CrossReportCtrl') throw new Refused('SDE_NotAllow', brief(element.name), 'signals are not controlled over this connection')
  const report = read('CrossReportCtrl', element)
  if (!ON_DEMAND.has(report.Type as ObjectName)) throw new Refused('SDE_NotAllow', 'CrossReportCtrl', `"${brief(report.Type)}" is not told on demand`)
  for (const cross of report.CrossIDList) {
    if (report.Cmd === 'Start') reported.add(`${report.Type} ${cross}`)
    else reported.delete(`${report.Type} ${cross}`)
  }
  return encodeObject('CrossReportCtrl', report)
}

function one(objects: readonly XmlElement[], name: ObjectName): XmlElement {
  const [element] = objects
  if (element?.name !== name) throw new Refused('SDE_Unknown', name, `a ${name} is asked for`)
  return element
}

/** Throws Refused for an object that is another one, or not whole. */
function read<N extends ObjectName>(name: N, element: XmlElement): ObjectOf<N> {
  try {
    return decodeObject(name, element)
  } catch (error) {
    throw new Refused('SDE_Unknown', name, error instanceof GreenwaveError ? error.message : `no ${name}`)
  }
}
