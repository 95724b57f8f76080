// The objects of GA/T 1049.1 and 1049.2, as tables of their fields. Reading is strict in what is required and in ranges, and leaves out what it doesn't know.
import { attributes, list, name, optional, record, text, whole, type Kind, type Value } from './fields.ts'
import { malformed, type XmlElement } from './xml.ts'

const count = whole(0, 999_999_999)
const number = whole(0, 9999)
const seconds = whole(0, 36_000)
const numbers = (item: string): Kind<number[]> => list(item, number)
const ids = (item: string): Kind<string[]> => list(item, text)
const value = optional(text)

const groupStatus = record({ SignalGroupNo: number, LampStatus: text, RemainTime: optional(count) })
const stageTiming = record({
  StageNo: number, Green: seconds, Yellow: seconds, AllRed: seconds, MaxGreen: optional(seconds), MinGreen: optional(seconds),
  AdjustList: list('Adjust', attributes({ Oper: whole(1, 2), SignalGroupNo: number, Len: seconds })),
})
const plan = record({
  CrossID: text, PlanNo: whole(0, 999), PlanName: name, CycleLen: whole(1, 3600), CoordStageNo: optional(number), Offset: optional(seconds), StageTimingList: list('StageTiming', stageTiming),
})
const stage = record({ CrossID: text, StageNo: number, StageName: name, Attribute: optional(number), SignalGroupStatusList: list('SignalGroupStatus', groupStatus) })
const dayPlan = record({ CrossID: text, DayPlanNo: number, DayPlanName: name, PeriodList: list('Period', record({ StartTime: text, PlanNo: number, CtrlMode: text })) })
const schedule = record({ CrossID: text, ScheduleNo: number, ScheduleName: name, Type: whole(1, 3), StartDay: text, EndDay: text, WeekDay: optional(whole(1, 7)), DayPlanNo: number })
const control = record({ CrossID: text, ControlMode: text, PlanNo: number, Time: value })

/** Every object that is understood. */
export const OBJECTS = {
  // Of the session.
  SDO_User: record({ UserName: name, Pwd: name }),
  SDO_MsgEntity: record({ MsgType: name, OperName: name, ObjName: name }),
  SDO_HeartBeat: record({}),
  SDO_TimeServer: record({ Host: text, Protocol: text, Port: number }),
  SDO_Error: record({ ErrObj: name, ErrType: text, ErrDesc: name }),
  TSCCmd: record({ ObjName: text, ID: name, No: name }),
  // What is set up.
  SysInfo: record({
    SysName: text, SysVersion: text, Supplier: text, CrossIDList: ids('CrossID'), RouteIDList: ids('RouteID'), RegionIDList: ids('RegionID'), SubRegionIDList: ids('SubRegionID'),
    SignalControllerIDList: ids('SignalControllerID'),
  }),
  RegionParam: record({ RegionID: text, RegionName: text, SubRegionIDList: ids('SubRegionID'), CrossIDList: ids('CrossID') }),
  SubRegionParam: record({ SubRegionID: text, SubRegionName: text, CrossIDList: ids('CrossID'), KeyCrossIDList: ids('CrossID') }),
  RouteParam: record({ RouteID: text, RouteName: text, Type: text, RouteCrossList: list('RouteCross', record({ CrossID: text, Distance: text })), SubRegionIDList: ids('SubRegionID') }),
  CrossParam: record({
    CrossID: text, CrossName: text, Feature: text, Grade: text, DetNoList: numbers('DetNo'), LaneNoList: numbers('LaneNo'), PedestrianNoList: numbers('PedestrianNo'),
    LampGroupNoList: numbers('LampGroupNo'), SignalGroupNoList: numbers('SignalGroupNo'), GreenConflictMatrix: text, StageNoList: numbers('StageNo'), PlanNoList: numbers('PlanNo'),
    DayPlanNoList: numbers('DayPlanNo'), ScheduleNoList: numbers('ScheduleNo'), Longitude: text, Latitude: text, Altitude: text,
  }),
  SignalController: record({
    SignalControllerID: text, Supplier: text, Type: text, ID: text, CommMode: text, IP: value, SubMask: value, Gateway: value, Port: text, HasDoorStatus: text, Longitude: text, Latitude: text,
    CrossIDList: ids('CrossID'),
  }),
  LampGroupParam: record({ CrossID: text, LampGroupNo: number, Direction: text, Type: text }),
  LaneParam: record({
    CrossID: text, LaneNo: number, Direction: text, Attribute: text, Movement: text, Feature: text, Azimuth: value, WaitingArea: value, VarMovementList: ids('Movement'),
  }),
  DetectorParam: record({
    CrossID: text, DetectorNo: number, Type: text, Position: text, Target: text, Distance: text, LaneNoList: numbers('LaneNo'), PedestrianNoList: numbers('PedestrianNo'),
  }),
  PedestrianParam: record({ CrossID: text, PedestrianNo: number, Direction: text, Attribute: text }),
  SignalGroupParam: record({
    CrossID: text, SignalGroupNo: number, Name: name, GreenFlashLen: optional(seconds), MaxGreen: optional(seconds), MinGreen: optional(seconds), LampGroupNoList: numbers('LampGroupNo'),
  }),
  StageParam: stage,
  PlanParam: plan,
  DayPlanParam: dayPlan,
  ScheduleParam: schedule,
  // What runs.
  SysState: record({ Value: text, Time: value }),
  CrossState: record({ CrossID: text, Value: text, Time: value }),
  CrossCtrlInfo: control,
  CrossModePlan: control,
  CrossCycle: record({ CrossID: text, StartTime: text, LastCycleLen: seconds, AdjustFlag: whole(0, 1) }),
  CrossStage: record({ CrossID: text, LastStageNo: number, LastStageLen: seconds, CurStageNo: number, CurStageStartTime: text, CurStageLen: seconds }),
  CrossSignalGroupStatus: record({ CrossID: text, LampStatusTime: text, SignalGroupStatusList: list('SignalGroupStatus', groupStatus) }),
  CrossTrafficData: record({
    CrossID: text, EndTime: text, Interval: count, DataList: list('Data', record({
      LaneNo: number, Volume: text, AvgVehLen: value, Pcu: value, HeadDistance: value, HeadTime: value, Speed: value, Saturation: value, Density: value, QueueLength: value, MaxQueueLength: value,
      Occupancy: text,
    })),
  }),
  StageTrafficData: record({
    CrossID: text, StartTime: text, EndTime: text, StageNo: number,
    DataList: list('Data', record({ LaneNo: number, VehicleNum: text, Pcu: value, HeadTime: value, Saturation: value, QueueLength: value, Occupancy: text })),
  }),
  SignalControllerError: record({ SignalControllerID: text, ErrorType: text, ErrorDesc: name, OccurTime: text }),
  // What is commanded.
  SetPlanParam: record({ Oper: whole(1, 3), PlanParam: plan }),
  CenterPlan: record({ ControlMode: text, MaxRunTime: whole(1, 1440), PlanParam: plan }),
  CrossReportCtrl: record({ Cmd: text, Type: text, CrossIDList: ids('CrossID') }),
} as const

export type ObjectName = keyof typeof OBJECTS
export type ObjectOf<N extends ObjectName> = Value<(typeof OBJECTS)[N]>
export type PlanParam = ObjectOf<'PlanParam'>
export type StageTiming = PlanParam['StageTimingList'][number]

/** Throws controller.malformed with the field where something is missing or out of range. */
export function decodeObject<N extends ObjectName>(type: N, element: XmlElement): ObjectOf<N> {
  if (element.name !== type) throw malformed(`<${element.name.slice(0, 40)}> instead of ${type}`)
  return (OBJECTS[type] as Kind<ObjectOf<N>>).read(element, type)
}

/** Throws controller.unfit for text that XML can't carry. */
export const encodeObject = <N extends ObjectName>(type: N, object: ObjectOf<N>): string => (OBJECTS[type] as Kind<ObjectOf<N>>).write(type, object)

export const isObjectName = (text: string): text is ObjectName => Object.hasOwn(OBJECTS, text)
