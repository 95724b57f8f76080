// An emulated signal system (UTCS) of GA/T 1049, as a vendor might run one: many intersections behind one port. Written from the protocol's tables, not from the adapter.
import { createServer, type Server, type Socket } from 'node:net'
import { LocalTime } from '../../../../model/local-time.ts'
import type { DeviceClock } from '../../emulator/clock.ts'
import { Refusal } from '../../emulator/controller.ts'
import type { RequestKind } from '../../emulator/faults.ts'
import type { Cross } from './cross.ts'
import { down, type Tree, treeOf, xml } from './text.ts'

export interface UtcsSetup {
  version: '1.0' | '2.0'
  user: string
  password: string
  time_zone: string
  crosses: readonly Cross[]
  /** Bytes a segment; default all at once. */
  segment?: number
}

interface Client {
  socket: Socket
  text: string
  token: string
  subscribed: Set<string>
  /** Run object and intersection. */
  reported: Set<string>
  told: Map<string, string>
}

const PUSH_S = 0.5
const KINDS: Readonly<Record<string, RequestKind>> = { SetPlanParam: 'write', CenterPlan: 'command', CrossCtrlInfo: 'command', CrossModePlan: 'command' }

/** What a request is for, by its text. */
export function kindOf(text: string): RequestKind {
  const operation = down(treeOf(text), 'Body', 'Operation')
  return operation.attributes.get('name') === 'Set' ? KINDS[operation.kids[0]?.name] ?? 'read' : 'read'
}

export class Utcs {
  readonly setup: UtcsSetup
  /** Objects that came in. */
  readonly asked: string[] = []
  /** Logins that were taken. */
  logins = 0
  readonly #clock: DeviceClock
  readonly #local: LocalTime
  readonly #server: Server
  readonly #clients = new Set<Client>()
  readonly #stop = new AbortController()
  #isPushing = false
  #tokens = 0
  #seq = 0

  constructor(setup: UtcsSetup, clock: DeviceClock) {
    this.setup = setup
    this.#clock = clock
    this.#local = new LocalTime(setup.time_zone)
    this.#server = createServer((socket) => this.#accept(socket))
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => { this.#server.listen(0, '127.0.0.1', resolve) })
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('closed'))
    for (const { socket } of this.#clients) socket.destroy()
    await new Promise<void>((resolve) => { this.#server.close(() => resolve()) })
  }

  shout(bytes: string | Uint8Array): void { for (const { socket } of this.#clients) socket.write(bytes) }

  /** As after a restart of its own: nobody's token holds any more. */
  forgetTokens(): void { for (const client of this.#clients) client.token = '' }
  /** The line breaks. */
  hangUp(): void { for (const { socket } of this.#clients) socket.destroy() }

  #accept(socket: Socket): void {
    const client: Client = { socket, text: '', token: '', subscribed: new Set(), reported: new Set(), told: new Map() }
    this.#clients.add(client)
    socket.setNoDelay(true).on('close', () => this.#clients.delete(client)).on('error', () => socket.destroy())
    socket.setEncoding('utf8').on('data', (text: string) => {
      const parts = (client.text + text).split('</Message>')
      client.text = parts.pop() ?? ''
      for (const part of parts) this.#serve(treeOf(`${part}</Message>`), client)
    })
  }

  #time(instant: number, milliseconds = false): string {
    const whole = Math.floor(instant + 1e-6)
    const text = new Date((whole + this.#local.offset(whole)) * 1000).toISOString().replace('T', ' ').slice(0, 19)
    return milliseconds ? `${text}.${String(Math.min(999, Math.floor((instant - whole) * 1000 + 0.5))).padStart(3, '0')}` : text
  }

  #serve(message: Tree, client: Client): void {
    const operation = down(message, 'Body', 'Operation')
    const [object] = operation.kids
    if (down(message, 'Type').value === 'PUSH') return
    const name = operation.attributes.get('name') ?? ''
    const kind = name === 'Set' ? KINDS[object?.name] ?? 'read' : 'read'
    const device = this.#crossOf(object)?.setup.device ?? this.setup.crosses[0].setup.device
    const restarts = device.restarts
    if (!device.faults.arrives(kind)) return
    if (device.restarts !== restarts) { client.socket.destroy(); return }
    this.asked.push(`${name} ${object?.name} ${down(object, 'ObjName').value}`.trim())
    const answer = this.#answer(name, object, down(message, 'Token').value, client)
    const seq = device.faults.no_sequence_echo ? '0'.repeat(20) : down(message, 'Seq').value
    device.faults.deliver(kind, () => this.#send(client, answer.startsWith('<SDO_Error>') ? 'ERROR' : 'RESPONSE', name, answer, seq))
  }

  #answer(name: string, object: Tree, token: string, client: Client): string {
    const error = (type: string, sentence: string): string => xml({ SDO_Error: [xml({ ErrObj: object.name, ErrType: type, ErrDesc: sentence })] })
    if (name === 'Login') {
      if (down(object, 'UserName').value !== this.setup.user) return error('SDE_UserName', 'who?')
      if (down(object, 'Pwd').value !== this.setup.password) return error('SDE_Pwd', 'no')
      client.token = `token-${++this.#tokens}`
      this.logins++
      return xml({ SDO_User: [xml({ UserName: this.setup.user, Pwd: '' })] })
    }
    if (client.token === '' || token !== client.token) return error('SDE_Token', 'log in first')
    try {
      return this.#do(name, object, client)
    } catch (reason) {
      if (!(reason instanceof Refusal)) throw reason
      return error(reason.reason === 'slot-in-use' ? 'SDE_NotAllow' : 'SDE_Failure', reason.message)
    }
  }

  #do(name: string, object: Tree, client: Client): string {
    if (name === 'Subscribe') {
      client.subscribed.add(down(object, 'ObjName').value)
      this.#push()
      return ''
    }
    if (name === 'Get') return this.#get(down(object, 'ObjName').value, down(object, 'ID').value, Number(down(object, 'No').value))
    if (name !== 'Set') throw new Refusal('refused', `no operation ${name}`)
    if (object.name === 'CrossReportCtrl') {
      for (const { value } of down(object, 'CrossIDList').kids) client.reported.add(`${down(object, 'Type').value} ${value}`)
      return ''
    }
    const cross = this.#crossOf(object)
    if (cross === undefined) throw new Refusal('refused', 'no such intersection')
    const plan = down(object, 'PlanParam')
    if (object.name === 'SetPlanParam') cross.setPlan(down(object, 'Oper').value, Number(down(plan, 'PlanNo').value), plan)
    else if (object.name === 'CenterPlan' && this.setup.version === '2.0') cross.runWith(down(object, 'ControlMode').value, plan, Number(down(object, 'MaxRunTime').value))
    else if (object.name === this.#control) cross.run(down(object, 'ControlMode').value, Number(down(object, 'PlanNo').value))
    else throw new Refusal('refused', `${object.name} is not known here`)
    return ''
  }

  get #control(): string { return this.setup.version === '2.0' ? 'CrossCtrlInfo' : 'CrossModePlan' }

  #crossOf(object: Tree): Cross | undefined {
    const ids = [down(object, 'CrossID').value, down(object, 'PlanParam', 'CrossID').value, down(object, 'ID').value]
    return this.setup.crosses.find(({ setup }) => ids.includes(setup.id))
  }

  #get(type: string, id: string, number: number): string {
    if (type === 'SysInfo') return xml({ SysInfo: [xml({ SysName: 'emulated', SysVersion: '7', Supplier: 'nobody', CrossIDList: this.setup.crosses.map(({ setup }) => xml({ CrossID: setup.id })) })] })
    const cross = this.setup.crosses.find(({ setup }) => setup.id === id)
    const told = cross && (this.#running(cross, type) ?? this.#stored(cross, type, number))
    if (told === undefined) throw new Refusal('refused', `no ${type} ${number} of ${id}`)
    return told
  }

  #stored(cross: Cross, type: string, number: number): string | undefined {
    switch (type) {
      case 'CrossParam': return cross.crossXml()
      case 'SignalGroupParam': return cross.groupXml(number)
      case 'StageParam': return cross.stageXml(number)
      case 'PlanParam': return cross.planXml(number)
      case 'DayPlanParam': return cross.dayXml()
      case 'ScheduleParam': return cross.scheduleXml()
      default: return undefined
    }
  }

  #running(cross: Cross, type: string): string | undefined {
    const now = cross.setup.device.now()
    if (type === this.#control) return cross.control(type, this.#time(now))
    if (type === 'CrossState') return cross.state(this.#time(now))
    if (type === 'CrossCycle') return cross.cycle((instant) => this.#time(instant))
    if (type === 'CrossSignalGroupStatus') return cross.lamps(this.#time(now, true))
    return undefined
  }

  // Pushing, as long as anybody has subscribed to anything.

  #push(): void {
    if (this.#isPushing) return
    this.#isPushing = true
    void this.#pushing().catch(() => undefined)
  }

  async #pushing(): Promise<void> {
    const rows = new Map<Cross, { stage: number; length: number; key: string }>()
    while ([...this.#clients].some(({ subscribed }) => subscribed.size > 0)) {
      for (const cross of this.setup.crosses) {
        const row = cross.row()
        const key = `${row?.cycle_began} ${row?.index}`
        const last = rows.get(cross)
        for (const client of this.#clients) this.#pushTo(client, cross, key !== last?.key && row !== undefined ? { last, row } : undefined)
        if (row !== undefined) rows.set(cross, { stage: row.stage, length: row.length, key })
      }
      await this.#clock.wait(PUSH_S, this.#stop.signal)
    }
    this.#isPushing = false
  }

  #pushTo(client: Client, cross: Cross, change: { last: { stage: number; length: number } | undefined; row: NonNullable<ReturnType<Cross['row']>> } | undefined): void {
    const { id, device } = cross.setup
    if (device.faults.link_down || client.token === '') return
    const isWanted = (type: string): boolean => client.subscribed.has(type) && client.reported.has(`${type} ${id}`)
    const now = device.now()
    for (const [type, told] of [[this.#control, cross.control(this.#control, '')], ['CrossState', cross.state('')]] as const) {
      if (client.subscribed.has(type)) this.#news(client, type, id, told, () => this.#running(cross, type)!)
    }
    if (change !== undefined && isWanted('CrossStage') && change.last !== undefined) {
      const { last, row } = change
      const object = xml({ CrossID: id, LastStageNo: last.stage, LastStageLen: last.length, CurStageNo: row.stage, CurStageStartTime: this.#time(row.began), CurStageLen: row.length })
      this.#send(client, 'PUSH', 'Notify', xml({ CrossStage: [object] }))
    }
    if (isWanted('CrossCycle')) { const told = cross.cycle((instant) => this.#time(instant)); this.#news(client, 'CrossCycle', id, told, () => told) }
    if (isWanted('CrossSignalGroupStatus')) this.#news(client, 'CrossSignalGroupStatus', id, cross.lamps(''), () => cross.lamps(this.#time(now, true)))
  }

  #news(client: Client, type: string, id: string, told: string, make: () => string): void {
    if (client.told.get(`${type} ${id}`) === told) return
    client.told.set(`${type} ${id}`, told)
    this.#send(client, 'PUSH', 'Notify', make())
  }

  #send({ socket, token }: Client, type: string, operation: string, body: string, seq?: string): void {
    if (socket.destroyed) return
    const own = `${this.#time(this.#clock.now()).split(/[- :]/).join('')}${String(++this.#seq % 1_000_000).padStart(6, '0')}`
    const address = (sys: string): string => xml({ Address: [xml({ Sys: sys, SubSys: '', Instance: '' })] })
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n${xml({ Message: [xml({
      Version: this.setup.version, Token: token, From: [address('UTCS')], To: [address('TICP')], Type: type, Seq: seq ?? own, Body: [`<Operation order="1" name="${operation}">${body}</Operation>`],
    })] })}\n`
    const { segment = text.length } = this.setup
    for (let at = 0; at < text.length; at += segment) socket.write(text.slice(at, at + segment))
  }
}
