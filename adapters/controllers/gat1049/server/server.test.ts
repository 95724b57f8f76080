import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { GreenwaveError } from '../../../../model/errors.ts'
import { down, type Tree, treeOf, xml } from '../emulator/text.ts'
import type { ObjectName, ObjectOf } from '../objects.ts'
import { PlatformServer, type Presented } from './server.ts'

const CROSS = '99990100000001'
const PLAN: ObjectOf<'PlanParam'> = { CrossID: CROSS, PlanNo: 4, PlanName: 'a & b', CycleLen: 90, CoordStageNo: 1, Offset: 5, StageTimingList: [{ StageNo: 1, Green: 85, Yellow: 3, AllRed: 2, MaxGreen: undefined, MinGreen: undefined, AdjustList: [] }] }
const presented: Presented = {
  async find<N extends ObjectName>(name: N, id: string, number: string): Promise<readonly ObjectOf<N>[]> {
    if (name === 'RouteParam') throw new GreenwaveError('store.unreachable', 'the database is away')
    return name === 'PlanParam' && id === CROSS && (number === '' || number === '4') ? [PLAN as unknown as ObjectOf<N>] : []
  },
}

/** A platform that reads with the emulator's own codec. */
class Platform {
  readonly socket: Socket
  token = ''
  #text = ''
  #seq = 0
  readonly #messages: Tree[] = []

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1' })
    this.socket.setEncoding('utf8').on('data', (text: string) => {
      const parts = (this.#text + text).split('</Message>')
      this.#text = parts.pop()!
      for (const part of parts) this.#messages.push(treeOf(`${part}</Message>`))
    })
  }

  async next(): Promise<Tree> {
    while (this.#messages.length === 0) await once(this.socket, 'data')
    return this.#messages.shift()!
  }

  async ask(operation: string, body: string, more: Record<string, string> = {}): Promise<{ type: string; objects: Tree[]; error: string; message: Tree }> {
    const { Version = '2.0', Token = this.token, Sys = 'UTCS', Type = 'REQUEST' } = more
    const seq = `20260105083000${String(++this.#seq).padStart(6, '0')}`
    const address = (sys: string): string => xml({ Address: [xml({ Sys: sys, SubSys: '', Instance: '' })] })
    const text = xml({ Message: [xml({ Version, Token, From: [address('TICP')], To: [address(Sys)], Type, Seq: seq, Body: [`<Operation order="1" name="${operation}">${body}</Operation>`] })] })
    this.socket.write(text.slice(0, 50))
    this.socket.write(text.slice(50))
    const message = await this.next()
    if (down(message, 'Seq').value !== seq) throw new Error(`an answer to ${down(message, 'Seq').value}, not to ${seq}`)
    const objects = down(message, 'Body', 'Operation').kids
    return { type: down(message, 'Type').value, objects, error: objects.map((object) => down(object, 'ErrType').value).join(), message }
  }

  async login(user = 'police', password = 'pa55'): Promise<string> {
    const { message, error } = await this.ask('Login', xml({ SDO_User: [xml({ UserName: user, Pwd: password })] }), { Token: '' })
    this.token = down(message, 'Token').value
    return error
  }
}

const get = (ObjName: string, ID = '', No = ''): string => xml({ TSCCmd: [xml({ ObjName, ID, No })] })
const entity = (ObjName: string): string => xml({ SDO_MsgEntity: [xml({ MsgType: 'PUSH', OperName: 'Notify', ObjName })] })

const open: { close(): Promise<void> }[] = []
afterEach(async () => { for (const one of open.splice(0)) await one.close() })

async function setUp(platforms = 1): Promise<{ server: PlatformServer; platforms: Platform[] }> {
  const server = new PlatformServer({ edition: '2024', password: (user) => (user === 'police' ? 'pa55' : undefined), presented, time_zone: 'Asia/Shanghai', now: () => 1_767_571_200 })
  const port = await server.listen(0, '127.0.0.1')
  open.push(server)
  return { server, platforms: Array.from({ length: platforms }, () => new Platform(port)) }
}

describe('GA/T 1049 as a signal system', () => {
  it('lets its users log in, shows what is set up, and says each error of the protocol', async () => {
    const { platforms: [platform] } = await setUp()
    const errors: Record<string, string> = {
      before: (await platform.ask('Get', get('PlanParam', CROSS, '4'))).error, stranger: await platform.login('who'), wrong: await platform.login('police', 'pa56'), right: await platform.login(),
      version: (await platform.ask('Get', get('SysInfo'), { Version: '1.0' })).error, token: (await platform.ask('Get', get('SysInfo'), { Token: 'made up' })).error,
      address: (await platform.ask('Get', get('SysInfo'), { Sys: 'TVMS' })).error, type: (await platform.ask('Get', get('SysInfo'), { Type: 'RESPONSE' })).error,
      operation: (await platform.ask('Explode', '')).error, unknown: (await platform.ask('Get', get('Weather'))).error, absent: (await platform.ask('Get', get('PlanParam', CROSS, '5'))).error,
      failure: (await platform.ask('Get', get('RouteParam', 'r'))).error,
    }
    expect(errors).toEqual({
      before: 'SDE_Token', stranger: 'SDE_UserName', wrong: 'SDE_Pwd', right: '', version: 'SDE_Version', token: 'SDE_Token', address: 'SDE_Address', type: 'SDE_MsgType', operation: 'SDE_OperName',
      unknown: 'SDE_Unknown', absent: 'SDE_Failure', failure: 'SDE_Failure',
    })
    const { type, objects } = await platform.ask('Get', get('PlanParam', CROSS, '4'))
    expect([type, down(objects[0], 'PlanName').value, down(objects[0], 'StageTimingList', 'StageTiming', 'Green').value]).toEqual(['RESPONSE', 'a & b', '85'])
    await platform.ask('Logout', '')
    expect((await platform.ask('Get', get('PlanParam', CROSS, '4'))).error).toBe('SDE_Token')
  })

  it.each(['SetPlanParam', 'CenterPlan', 'CrossCtrlInfo', 'CrossModePlan', 'SetDayPlanParam', 'SetScheduleParam', 'CrossRunInfoRetrans', 'AdjustStage', 'LockFlowDirection', 'UnlockFlowDirection', 'CtrlVarLane'])('does not allow %s', async (name) => {
    const { platforms: [platform] } = await setUp()
    await platform.login()
    const { type, error, objects } = await platform.ask('Set', xml({ [name]: [xml({ CrossID: CROSS })] }))
    expect([type, error, down(objects[0], 'ErrObj').value]).toEqual(['ERROR', 'SDE_NotAllow', name])
  })

  it('tells what runs to the connections that subscribed, and lamps only of intersections that were asked for', async () => {
    const { server, platforms: [one, other] } = await setUp(2)
    await one.login()
    await other.login()
    expect(other.token).not.toBe(one.token)
    await one.ask('Subscribe', entity('CrossState') + entity('CrossSignalGroupStatus'))
    expect((await one.ask('Subscribe', entity('PlanParam'))).error).toBe('SDE_NotAllow')
    const lamps = { CrossID: CROSS, LampStatusTime: '2026-01-05 08:00:00.000', SignalGroupStatusList: [{ SignalGroupNo: 1, LampStatus: '112', RemainTime: undefined }] }
    server.push('CrossSignalGroupStatus', lamps, CROSS)
    await one.ask('Set', xml({ CrossReportCtrl: [xml({ Cmd: 'Start', Type: 'CrossSignalGroupStatus', CrossIDList: [xml({ CrossID: CROSS })] })] }))
    server.push('CrossSignalGroupStatus', lamps, CROSS)
    const pushed = await one.next()
    expect([down(pushed, 'Type').value, down(pushed, 'Token').value, down(pushed, 'Body', 'Operation', 'CrossSignalGroupStatus', 'SignalGroupStatusList', 'SignalGroupStatus', 'LampStatus').value]).toEqual(['PUSH', one.token, '112'])
    await one.ask('Unsubscribe', entity('CrossSignalGroupStatus'))
    server.push('CrossSignalGroupStatus', lamps, CROSS)
    server.push('CrossState', { CrossID: CROSS, Value: 'Online', Time: undefined }, CROSS)
    expect(down(await one.next(), 'Body', 'Operation').kids[0].name).toBe('CrossState')
    // Whoever subscribed to nothing hears nothing but answers.
    expect((await other.ask('Get', get('PlanParam', CROSS, '4'))).type).toBe('RESPONSE')
  })

  it('ends connections that send what is no message', async () => {
    const { server, platforms: [platform] } = await setUp()
    await platform.login()
    platform.socket.write('<!DOCTYPE x><Message></Message>')
    await once(platform.socket, 'close')
    expect(server.malformed).toBe(1)
  })
})
