// An emulated traffic light controller that speaks RSMP 3.2.2. Written from the protocol's words with a codec of its own; it imports nothing of the adapter.
import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Lamp } from '../../../../model/device/device.ts'
import { type EmulatedController, Refusal } from '../../emulator/controller.ts'
import type { RequestKind } from '../../emulator/faults.ts'
import { checksumOf, type EngineeredPlan, PlanTable } from './tables.ts'

interface Message {
  mType: string
  type: string
  mId: string
  oMId?: string
  cId?: string
  sS?: { sCI: string; n: string; uRt?: string; sOc?: unknown }[]
  arg?: { cCI: string; cO: string; n: string; v: string }[]
}

export interface SiteOptions {
  site: string
  port: number
  code: string
  plans: ReadonlyMap<number, EngineeredPlan>
  /** Form of sOc that it takes. */
  form?: 'boolean' | 'text'
  /** Statuses that it has no word for. */
  lacks?: readonly string[]
  /** S0014 stays unanswered while a plan is forced. */
  hides_forced_plan?: boolean
}

const CHARACTER: Readonly<Record<Lamp, string>> = {
  red: 'B', 'red-yellow': '0', green: '1', 'green-flashing': '9', yellow: 'N', 'yellow-flashing': 'c', 'red-flashing': 'd', dark: 'a', unknown: '-',
}
const COMMANDS: Readonly<Record<string, readonly [operation: string, ...names: string[]]>> = {
  M0002: ['setPlan', 'status', 'timeplan'], M0014: ['setCommands', 'plan', 'status'], M0015: ['setOffset', 'status', 'plan'], M0018: ['setCycleTime', 'status', 'plan'], M0023: ['setTimeout', 'status'],
}
const RECONNECT_MS = 20
const UPDATE_EVERY_S = 0.5

export class RsmpController {
  readonly device: EmulatedController
  /** What came in, by type and codes. */
  readonly asked: string[] = []
  readonly #options: SiteOptions
  readonly #tables: Map<number, PlanTable>
  readonly #alarms = new Map<string, boolean>()
  readonly #stop = new AbortController()
  #timeout_min = 0
  #socket: Socket | undefined
  #text = ''
  #isIntroduced = false
  #written = 0
  #subscribed: Message['sS'] & object = []
  #isUpdating = false
  readonly #clock: { wait(seconds: number, signal?: AbortSignal): Promise<void> }

  constructor(device: EmulatedController, options: SiteOptions, clock: { wait(seconds: number, signal?: AbortSignal): Promise<void> }) {
    this.device = device
    this.#options = options
    this.#clock = clock
    this.#tables = new Map([...options.plans].map(([no, plan]) => [no, new PlanTable(plan)]))
    this.#connect()
  }

  /** Says something that nobody asked for. */
  shout(bytes: string | Uint8Array): void { this.#socket?.write(bytes) }

  /** The line is cut; it connects again. */
  hangUp(): void { this.#socket?.destroy() }

  alarm(code: string, isActive: boolean): void {
    this.#alarms.set(code, isActive)
    this.#tellAlarm(code, isActive)
  }

  close(): void {
    this.#stop.abort()
    this.#socket?.destroy()
  }

  // The connection, which is the controller's to make.

  #connect(): void {
    if (this.#stop.signal.aborted) return
    const socket = connect({ port: this.#options.port, host: '127.0.0.1', noDelay: true })
    this.#socket = socket
    this.#text = ''
    this.#isIntroduced = false
    this.#subscribed = []
    socket.on('error', () => socket.destroy())
    socket.on('connect', () => this.#send('Version', { RSMP: [{ vers: '3.2.1' }, { vers: '3.2.2' }], siteId: [{ sId: this.#options.site }], SXL: '1.2.1' }))
    socket.on('close', () => setTimeout(() => this.#connect(), RECONNECT_MS).unref())
    socket.on('data', (bytes) => {
      const parts = (this.#text + bytes.toString()).split('\f')
      this.#text = parts.pop() ?? ''
      for (const part of parts) this.#receive(JSON.parse(part) as Message)
    })
  }

  #send(type: string, fields: object): void {
    const socket = this.#socket
    if (socket !== undefined && !socket.destroyed) socket.write(`${JSON.stringify({ mType: 'rSMsg', type, ...fields, ...(type.startsWith('Message') ? {} : { mId: randomUUID() }) })}\f`)
  }

  get #stamp(): string { return new Date(Math.round(this.device.now() * 1000)).toISOString() }

  #receive(message: Message): void {
    const { faults } = this.device
    if (message.type === 'MessageAck' || message.type === 'MessageNotAck') return
    if (message.type === 'Version') {
      if (faults.link_down) return
      this.#send('MessageAck', { oMId: message.mId })
      this.#introduce()
      return
    }
    if (!this.#isIntroduced) { this.#send('MessageNotAck', { oMId: message.mId, rea: 'Version first' }); return }
    if (message.type === 'Watchdog') { if (!faults.link_down) this.#send('MessageAck', { oMId: message.mId }); return }
    this.#serve(message)
  }

  #introduce(): void {
    this.#isIntroduced = true
    this.#send('Watchdog', { wTs: this.#stamp })
    this.#send('AggregatedStatus', { cId: this.#options.site, aSTS: this.#stamp, fP: null, fS: null, se: [false, false, false, false, false, true, false, false] })
    for (const [code, isActive] of this.#alarms) if (isActive) this.#tellAlarm(code, true)
  }

  #tellAlarm(code: string, isActive: boolean): void {
    this.#send('Alarm', { cId: this.#options.site, aCId: code, xACId: '', aSp: 'Issue', ack: 'notAcknowledged', aS: isActive ? 'Active' : 'inActive', sS: 'notSuspended', aTs: this.#stamp, cat: 'D', pri: '1', rvs: [] })
  }

  #serve(message: Message): void {
    const { device } = this
    const { faults, restarts } = device
    const codes = [...new Set((message.arg ?? []).map(({ cCI }) => cCI))]
    const kind: RequestKind = message.type === 'CommandRequest' ? (codes[0] === 'M0002' ? 'command' : 'write') : 'read'
    if (!faults.arrives(kind)) return
    // Whoever loses power answers nothing.
    if (device.restarts !== restarts) { this.hangUp(); return }
    // Heard of the supervisor: the timeout begins anew.
    if (device.commanded !== undefined) device.renew(this.#lease_s)
    this.asked.push([message.type, ...codes].join(' '))
    const reply = this.#answer(message)
    const oMId = faults.no_sequence_echo ? randomUUID() : message.mId
    faults.deliver(kind, () => {
      if ('refusal' in reply) { this.#send('MessageNotAck', { oMId, rea: reply.refusal }); return }
      this.#send('MessageAck', { oMId })
      if (reply.type !== undefined) this.#send(reply.type, reply.fields)
    })
  }

  #answer(message: Message): { refusal: string } | { type?: string; fields: object } {
    try {
      return this.#do(message)
    } catch (error) {
      if (error instanceof Refusal) return { refusal: error.message }
      throw error
    }
  }

  #do({ type, sS = [], arg = [] }: Message): { type?: string; fields: object } {
    switch (type) {
      case 'StatusRequest': return { type: 'StatusResponse', fields: this.#tell(sS) }
      case 'CommandRequest': return { type: 'CommandResponse', fields: { cId: this.#options.site, cTS: this.#stamp, rvs: this.#command(arg) } }
      case 'StatusSubscribe': this.#subscribe(sS); return { fields: {} }
      case 'StatusUnsubscribe': this.#subscribed = []; return { fields: {} }
      default: throw new Refusal('refused', `no such message: ${type}`)
    }
  }

  // Statuses.

  #tell(wanted: readonly { sCI: string; n: string }[]): object {
    const isHidden = (code: string): boolean => code === 'S0014' && this.#options.hides_forced_plan === true && this.device.commanded !== undefined
    const sS = wanted.map(({ sCI, n }) => {
      if (this.#options.lacks?.includes(sCI) === true) throw new Refusal('refused', `no status ${sCI}`)
      return isHidden(sCI) ? { sCI, n, s: null, q: 'unknown' } : { sCI, n, s: this.#status(sCI, n), q: 'recent' }
    })
    return { cId: this.#options.site, sTs: this.#stamp, sS }
  }

  #status(code: string, name: string): string {
    const { device } = this
    const bool = (is: boolean): string => (is ? 'True' : 'False')
    if (name === 'intersection') return '0'
    switch (`${code} ${name}`) {
      case 'S0001 signalgroupstatus': return device.lamps().map(({ lamp }) => CHARACTER[lamp]).join('')
      case 'S0001 cyclecounter': return String(Math.floor((device.cycle()?.position ?? 0) / 10))
      case 'S0001 basecyclecounter': return String(Math.floor(device.now()) % 86_400)
      case 'S0007 status': return bool(device.mode !== 'dark')
      case 'S0008 status': return bool(device.mode === 'manual')
      case 'S0010 status': return 'False'
      case 'S0011 status': return bool(device.mode === 'flash')
      case 'S0012 status': return bool(device.mode === 'all-red')
      case 'S0014 status': return String(device.told_slot ?? 1)
      case 'S0020 controlmode': return device.mode === 'starting' ? 'startup' : device.mode === 'fault' ? 'failure' : 'control'
      case 'S0022 status': return device.slots.join(',')
      case 'S0023 status': return this.#each((no, { extensions }) => [...extensions].map(([band, by]) => `${no}-${band}-${by}`))
      case 'S0024 status': return this.#each((no, { offset_s }) => [`${no}-${this.#offsetOf(no) ?? offset_s}`])
      case 'S0026 status': return [0, 1, 2, 3, 4, 5, 6].map((day) => `${day}-1`).join(',')
      case 'S0027 status': return device.setup.day_plan.map(({ from, slot }) => `1-${slot}-${Math.floor(from / 3600)}-${Math.floor(from / 60) % 60}`).join(',')
      case 'S0028 status': return this.#each((no, { cycle_s }) => [`${no}-${cycle_s}`])
      case 'S0032 status': return 'centralized'
      case 'S0034 status': return String(this.#timeout_min)
      case 'S0095 status': return 'emulated 1.0'
      case 'S0097 checksum': return checksumOf([device.slots.map((slot) => device.timing(slot) ?? null), [...this.#tables].map(([no, { extensions, offset_s, cycle_s }]) => [no, ...extensions, offset_s, cycle_s])])
      default: throw new Refusal('refused', `no status ${code} ${name}`)
    }
  }

  #each(tell: (no: number, table: PlanTable) => string[]): string { return [...this.#tables].flatMap(([no, table]) => tell(no, table)).join(',') }

  /** As the device has it: somebody in the cabinet may have changed it there. */
  #offsetOf(no: number): number | undefined {
    const timing = this.device.timing(no)
    return timing === undefined ? undefined : Math.floor(((timing.cycle - timing.offset) % timing.cycle) / 10)
  }

  #subscribe(wanted: Message['sS'] & object): void {
    const form = this.#options.form ?? 'boolean'
    if (wanted.some(({ sOc }) => typeof sOc !== (form === 'boolean' ? 'boolean' : 'string'))) throw new Refusal('refused', 'sOc is not understood')
    this.#subscribed = wanted
    setImmediate(() => { this.#update(); if (!this.#isUpdating) void this.#keepUpdating() })
  }

  #update(): void { if (this.#subscribed.length > 0) this.#send('StatusUpdate', this.#tell(this.#subscribed)) }

  async #keepUpdating(): Promise<void> {
    this.#isUpdating = true
    while (this.#subscribed.length > 0 && !this.#stop.signal.aborted) {
      await this.#clock.wait(UPDATE_EVERY_S)
      this.#update()
    }
    this.#isUpdating = false
  }

  // Commands.

  get #lease_s(): number { return this.#timeout_min === 0 ? Number.POSITIVE_INFINITY : this.#timeout_min * 60 }

  #command(args: Message['arg'] & object): object[] {
    const { faults } = this.device
    const code = args[0]?.cCI ?? ''
    const [operation, ...wanted] = COMMANDS[code] ?? []
    if (operation === undefined || args.some(({ cCI, cO }) => cCI !== code || cO !== operation)) throw new Refusal('refused', `no command ${code}`)
    const values = new Map(args.map(({ n, v }) => [n, v]))
    if (values.get('securityCode') !== this.#options.code) throw new Refusal('refused', 'wrong security code')
    if (wanted.some((name) => !values.has(name))) throw new Refusal('refused', `${code} lacks an argument`)
    if (code === 'M0002') this.#setPlan(values.get('status') === 'True', Number(values.get('timeplan')))
    else this.#write(code, values)
    return wanted.map((n) => ({ cCI: code, n, v: faults.wrong_echo && code !== 'M0002' ? '0' : values.get(n), age: 'recent' }))
  }

  #setPlan(isForced: boolean, plan: number): void {
    if (isForced) this.device.select(plan, this.#lease_s)
    else this.device.release()
  }

  #write(code: string, values: ReadonlyMap<string, string>): void {
    const { faults } = this.device
    if (faults.refuses_writes) throw new Refusal('refused', 'no')
    // A set begins with its timeout.
    if (code === 'M0023') this.#written = 0
    if (faults.partial_after !== undefined && this.#written++ >= faults.partial_after) throw new Refusal('refused', 'no more')
    const status = values.get('status') ?? ''
    if (code === 'M0023') {
      if (!faults.ignores_writes) this.#timeout_min = Number(status)
      return
    }
    const no = Number(values.get('plan'))
    const table = this.#tables.get(no)
    if (table === undefined) throw new Refusal('no-such-slot', `no plan ${no}`)
    const next = Object.assign(new PlanTable(table.plan), { offset_s: table.offset_s, cycle_s: table.cycle_s })
    for (const [band, by] of table.extensions) next.extensions.set(band, by)
    if (code === 'M0014') for (const entry of status.split(',')) { const [band, by] = entry.split('-').map(Number); next.extensions.set(band as number, by as number) }
    if (code === 'M0015') next.offset_s = Number(status)
    if (code === 'M0018') next.cycle_s = Number(status)
    // Between bands and cycle its parts don't add up: until they do there is nothing to run.
    this.device.store(no, next.timing())
    if (!faults.ignores_writes) this.#tables.set(no, next)
  }
}
