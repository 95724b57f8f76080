// What the editor of one signal says.
import { texts } from '../words/language.ts'

const en = {
  title: (name: string) => `Timing of ${name}`,
  bars: 'Phases over one cycle', stages_view: 'What is green together', stages: 'Stages', table: 'Timing table',
  hint: 'Drag an edge, or focus it and use the arrow keys; Alt moves by tenths.',
  cycle: 'Cycle', offset: 'Offset', reference: 'Offset reference',
  references: { sequence_start: 'start of the sequence', begin_of_green: 'begin of green', first_green: 'first green', begin_of_yellow: 'begin of yellow', begin_of_red: 'begin of red', begin_of_clearance: 'begin of clearance' },
  phase: 'Phase', stage: 'Stage', interstage: 'Interstage', ring_head: 'Ring', ring: (n: number) => `Ring ${n}`, groups: 'Greens', movements: 'Movements',
  split: 'Split', duration: 'Duration', green: 'Green', yellow: 'Yellow', all_red: 'All red', least: 'Least', walk: 'Walk + clearance', share: 'Share', starts: 'Starts', coordinated: 'coordinated',
  edge: (before: string, after: string) => `Edge between ${before} and ${after}`, barrier: (before: string, after: string) => `Barrier between ${before} and ${after}`,
  edge_at: (at: string, before: string, after: string) => `at ${at} s: ${before}, ${after}`, part_now: (name: string, s: string) => `${name} ${s} s`,
  wall: (why: string) => `Wall: ${why}`, room: (least: string, most: string) => `may stand from ${least} to ${most} s`,
  valid: 'Every rule holds.', faults: (n: number) => (n === 1 ? '1 rule is broken. What breaks a rule is shown, and not saved.' : `${n} rules are broken. What breaks a rule is shown, and not saved.`),
  move_left: (name: string) => `Move ${name} earlier`, move_right: (name: string) => `Move ${name} later`, duplicate: (name: string) => `Duplicate ${name}`, remove: (name: string) => `Take ${name} out`, insert_behind: (name: string) => `Insert behind ${name}`, nothing_to_insert: 'Every phase of this signal is in a ring already.',
  actions: 'Change', previous: 'Signal before', next: 'Signal behind', diagram: 'Time-space diagram', undo: 'Undo', redo: 'Redo', loading: 'Loading …', not_in_plan: 'This plan has no such signal.',
  serves: (group: string, stage: string) => `${group} is green in ${stage}`, no_group: 'all red',
  saved: 'Saved', saving: 'Saving …', invalid: 'Not saved: a rule is broken', offline: 'Not saved: the service does not answer', refused: 'Not saved',
}

const zh: typeof en = {
  title: (name) => `${name} 配时`,
  bars: '一个周期内的相位', stages_view: '同时放行', stages: '阶段图', table: '配时表',
  hint: '拖动分界线，或选中后用方向键调整；按住 Alt 以 0.1 秒为步长。',
  cycle: '周期', offset: '相位差', reference: '相位差基准',
  references: { sequence_start: '相序起点', begin_of_green: '绿灯起点（全部协调相位）', first_green: '首个绿灯起点', begin_of_yellow: '黄灯起点', begin_of_red: '红灯起点', begin_of_clearance: '行人清空起点' },
  phase: '相位', stage: '阶段', interstage: '过渡', ring_head: '环', ring: (n) => `环 ${n}`, groups: '放行', movements: '流向',
  split: '绿信比时间', duration: '时长', green: '绿灯', yellow: '黄灯', all_red: '全红', least: '最短', walk: '行人放行 + 清空', share: '占比', starts: '开始', coordinated: '协调',
  edge: (before, after) => `${before} 与 ${after} 的分界`, barrier: (before, after) => `${before} 与 ${after} 之间的屏障`,
  edge_at: (at, before, after) => `位于 ${at} 秒：${before}，${after}`, part_now: (name, s) => `${name} ${s} 秒`,
  wall: (why) => `限制：${why}`, room: (least, most) => `可在 ${least} 至 ${most} 秒之间`,
  valid: '符合全部规则。', faults: (n) => `违反 ${n} 条规则。违反规则的内容会显示，但不会保存。`,
  move_left: (name) => `${name} 提前`, move_right: (name) => `${name} 推后`, duplicate: (name) => `复制 ${name}`, remove: (name) => `删除 ${name}`, insert_behind: (name) => `在 ${name} 之后插入`, nothing_to_insert: '该信号机的所有相位都已在环中。',
  actions: '修改', previous: '上一个信号机', next: '下一个信号机', diagram: '时距图', undo: '撤销', redo: '重做', loading: '加载中……', not_in_plan: '此方案中没有该信号机。',
  serves: (group, stage) => `${group} 在 ${stage} 放行`, no_group: '全红',
  saved: '已保存', saving: '保存中……', invalid: '未保存：违反规则', offline: '未保存：服务无应答', refused: '未保存',
}

export const words = texts({ en, zh })

/** Seconds as the field writes them: whole, or with a tenth where there is one. */
export const seconds = (s: number): string => String(Math.round(s * 10) / 10)
