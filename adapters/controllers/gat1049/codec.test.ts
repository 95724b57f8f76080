import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GreenwaveError } from '../../../model/errors.ts'
import { LocalTime } from '../../../model/local-time.ts'
import { decodeMessage, encodeMessage, maskSecrets, MessageCutter, withSession } from './envelope.ts'
import { fuzzTarget } from './fuzz.ts'
import { decodeObject, encodeObject } from './objects.ts'
import { formatTime, parseTime, seqOf } from './time.ts'
import { parseXml } from './xml.ts'

const TICP = { sys: 'TICP', subsystem: '', instance: '' }
const UTCS = { sys: 'UTCS', subsystem: '', instance: '' }
const LOGIN = '<Message><Version>2.0</Version><Token/><From><Address><Sys>TICP</Sys><SubSys/><Instance/></Address></From><To><Address><Sys>UTCS</Sys><SubSys/><Instance/></Address></To><Type>REQUEST</Type><Seq>20260105083000000001</Seq><Body><Operation order="1" name="Login"><SDO_User><UserName>gw</UserName><Pwd>secret</Pwd></SDO_User></Operation></Body></Message>'
const SET_PLAN = '<SetPlanParam><Oper>1</Oper><PlanParam><CrossID>99990100000001</CrossID><PlanNo>4</PlanNo><PlanName>gw-am</PlanName><CycleLen>100</CycleLen><CoordStageNo>1</CoordStageNo><Offset>37</Offset><StageTimingList><StageTiming><StageNo>1</StageNo><Green>45</Green><Yellow>3</Yellow><AllRed>2</AllRed><MaxGreen>60</MaxGreen><MinGreen>15</MinGreen><AdjustList><Adjust Oper="1" SignalGroupNo="3" Len="2"/></AdjustList></StageTiming><StageTiming><StageNo>2</StageNo><Green>45</Green><Yellow>3</Yellow><AllRed>2</AllRed></StageTiming></StageTimingList></PlanParam></SetPlanParam>'

describe('messages of GA/T 1049', () => {
  it('writes the example of a login to the letter, and says 1.0 in the edition of 2013', () => {
    const frame = encodeMessage({ edition: '2024', from: TICP, to: UTCS, type: 'REQUEST' }, 'Login', encodeObject('SDO_User', { UserName: 'gw', Pwd: 'secret' }))
    expect(withSession(frame, '', '20260105083000000001')).toBe(LOGIN)
    expect(encodeMessage({ edition: '2013', from: TICP, to: UTCS, type: 'REQUEST' }, 'Logout', '')).toContain('<Version>1.0</Version>')
    expect(decodeMessage(Buffer.from(LOGIN))).toMatchObject({ version: '2.0', token: '', from: TICP, to: UTCS, type: 'REQUEST', seq: '20260105083000000001', operations: [{ name: 'Login' }] })
  })

  it('reads and writes the example of a plan to the letter, and forgives order, emptiness and what it does not know', () => {
    const plan = decodeObject('SetPlanParam', parseXml(SET_PLAN))
    expect(plan.PlanParam.StageTimingList[0]).toMatchObject({ StageNo: 1, Green: 45, MaxGreen: 60, AdjustList: [{ Oper: 1, SignalGroupNo: 3, Len: 2 }] })
    expect(encodeObject('SetPlanParam', plan)).toBe(SET_PLAN)
    const reordered = SET_PLAN.replace('<Oper>1</Oper>', '<StageParamList/>').replace('</PlanParam>', '<Vendor x="1"><y/></Vendor></PlanParam><Oper> 1 </Oper>')
    expect(decodeObject('SetPlanParam', parseXml(reordered))).toEqual(plan)
  })

  it('writes the examples of a subscription, a query, a command and a refusal to the letter', () => {
    expect(encodeObject('SDO_MsgEntity', { MsgType: 'PUSH', OperName: 'Notify', ObjName: 'CrossStage' })).toBe('<SDO_MsgEntity><MsgType>PUSH</MsgType><OperName>Notify</OperName><ObjName>CrossStage</ObjName></SDO_MsgEntity>')
    expect(encodeObject('TSCCmd', { ObjName: 'PlanParam', ID: '99990100000001', No: '4' })).toBe('<TSCCmd><ObjName>PlanParam</ObjName><ID>99990100000001</ID><No>4</No></TSCCmd>')
    expect(encodeObject('CrossCtrlInfo', { CrossID: '99990100000001', ControlMode: '53', PlanNo: 4, Time: '2026-01-05 08:30:00' }))
      .toBe('<CrossCtrlInfo><CrossID>99990100000001</CrossID><ControlMode>53</ControlMode><PlanNo>4</PlanNo><Time>2026-01-05 08:30:00</Time></CrossCtrlInfo>')
    const refusal = { ErrObj: 'SetPlanParam', ErrType: 'SDE_NotAllow', ErrDesc: 'slot in use' }
    expect(encodeMessage({ edition: '2024', from: UTCS, to: TICP, type: 'ERROR', token: 't1', seq: '20260105083000000001' }, 'Set', encodeObject('SDO_Error', refusal)))
      .toBe('<Message><Version>2.0</Version><Token>t1</Token><From><Address><Sys>UTCS</Sys><SubSys/><Instance/></Address></From><To><Address><Sys>TICP</Sys><SubSys/><Instance/></Address></To><Type>ERROR</Type><Seq>20260105083000000001</Seq><Body><Operation order="1" name="Set"><SDO_Error><ErrObj>SetPlanParam</ErrObj><ErrType>SDE_NotAllow</ErrType><ErrDesc>slot in use</ErrDesc></SDO_Error></Operation></Body></Message>')
  })

  it.each([
    ['1000', 'PlanNo', 'SetPlanParam/PlanParam/PlanNo "1000"; it is a whole number from 0 to 999'], ['0', 'CycleLen', 'CycleLen "0"; it is a whole number from 1 to 3600'],
    ['3601', 'CycleLen', 'CycleLen "3601"'], ['4.5', 'Green', 'StageTiming 1/Green "4.5"'], ['', 'Yellow', 'no SetPlanParam/PlanParam/StageTimingList/StageTiming 1/Yellow'],
  ])('refuses %j as %s, with the place', (value, field, sentence) => {
    expect(() => decodeObject('SetPlanParam', parseXml(SET_PLAN.replace(new RegExp(`<${field}>\\d+<`), `<${field}>${value}<`)))).toThrow(sentence)
  })

  it('cuts messages out of any segments, with declarations and white space between', () => {
    const message = (name: string): string => LOGIN.replace('>gw<', `>${name}<`)
    const stream = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${message('绿波')}\r\n \n${message('b')}<?xml version="1.0"?>${message('c')}`)
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }), (lengths) => {
      const cutter = new MessageCutter()
      const names: string[] = []
      for (let at = 0, i = 0; at < stream.length; at += lengths[i++ % lengths.length]!) {
        for (const bytes of cutter.push(stream.subarray(at, at + lengths[i % lengths.length]!))) names.push(decodeObject('SDO_User', decodeMessage(bytes).operations[0]!.objects[0]!).UserName)
      }
      expect(names).toEqual(['绿波', 'b', 'c'])
    }))
  })

  it.each([
    ['a DTD', `<!DOCTYPE x>${LOGIN}`], ['an entity of its own', LOGIN.replace('>gw<', '>&x;<')], ['depth', LOGIN.replace('<SDO_User>', `${'<a>'.repeat(40)}${'</a>'.repeat(40)}<SDO_User>`)],
    ['junk before it', `xx${LOGIN}`], ['another element', '<Other></Other></Message>'], ['a short Seq', LOGIN.replace('000001<', '<')], ['no UTF-8', Buffer.concat([Buffer.from([0xff]), Buffer.from(LOGIN)])],
    ['tags that cross', LOGIN.replace('<UserName>gw</UserName>', '<UserName>gw</Pwd>')],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeMessage(Buffer.from(bytes))).toThrow(GreenwaveError)
  })

  it('gives up on a message without end after 1 MiB', () => {
    const cutter = new MessageCutter()
    expect(() => { for (let i = 0; i < 20; i++) cutter.push(Buffer.alloc(65_536, 'x')) }).toThrow('bytes without the end of a message')
  })

  it('hides passwords and tokens, and secrets wherever else they stand, without moving a byte', () => {
    const bytes = Buffer.from(LOGIN.replace('<Token/>', '<Token>t&amp;1</Token>').replace('>gw<', '>a&amp;b 绿<'))
    const masked = maskSecrets(bytes, ['a&b 绿'])
    expect(masked.length).toBe(bytes.length)
    for (const secret of ['secret', 't&amp;1', 'a&amp;b']) expect(masked.toString()).not.toContain(secret)
    expect(masked.toString()).toContain('<Type>REQUEST</Type>')
  })

  it('says times as local clocks show them', () => {
    const local = new LocalTime('Asia/Shanghai')
    const at = parseTime(local, '2026-01-05 08:30:00')!
    expect(new Date(at * 1000).toISOString()).toBe('2026-01-05T00:30:00.000Z')
    expect([formatTime(local, at + 0.9), seqOf(local, at, 1), parseTime(local, '2026-01-05 08:30:00.250')! - at, parseTime(local, '2026-01-05 24:00:00')]).toEqual(['2026-01-05 08:30:00', '20260105083000000001', 0.25, undefined])
  })

  it('survives any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { expect(() => fuzzTarget(bytes)).not.toThrow() }))
    const whole = Buffer.from(LOGIN.replace(/<SDO_User>.*<\/SDO_User>/, () => SET_PLAN))
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), (changes) => {
      const bytes = Buffer.from(whole)
      for (const [at, byte] of changes) bytes[at] = byte
      expect(() => fuzzTarget(bytes)).not.toThrow()
    }), { numRuns: 500 })
  })
})
