// Texts of the worklist in both languages. A cause, a treatment or a step that is added to the model and named here in one language only does not compile.
import type { Cause, CostClass, Treatment, WorkStatus } from '../../model/diagnosis.ts'
import { texts } from '../words/language.ts'

type Kind = Treatment['kind']
interface Size { signal: string; movement: string; link: string; list: string; from: string; to: string }

const en = {
  title: 'Worklist', hint: 'Congested places, why they are, what would help, who does what until when, and what it did.', now: 'Congested now', nowHint: (time: string) => `as of ${time}`, nothingNow: 'No place is congested now.', noNow: 'Nothing has been published yet.', cards: 'Cards', noCards: 'No place was diagnosed yet.', neverDiagnosed: 'No measured day was diagnosed yet; each night diagnoses the day before.', diagnose: 'Diagnose yesterday', diagnosing: 'Looking for causes in what was measured', tryingAt: (place: string) => `Trying treatments in simulation: ${place}`, diagnosisWaits: 'The diagnosis waits for its turn', simulatingYesterday: 'Before the diagnosis: simulating yesterday’s traffic',
  diagnosed: (day: string, n: number, fresh: number) => `${day} was diagnosed: ${n} places, ${fresh} of them new.`, nothingDiagnosed: (day: string) => `${day} was diagnosed: no place, or nothing was measured.`, diagnosisFailed: (why: string) => `The last diagnosis failed. ${why}`, noMatch: 'No card fits the filters.',
  place: 'Place', length: 'Length', delay: 'Delay', trend: 'Trend', trends: { growing: 'growing', stable: 'stable', shrinking: 'shrinking', unknown: 'unknown' }, card: 'Card', status: 'Step', owner: 'Who', due: 'Until', cause: 'Cause', avoidable: 'Avoidable', perDay: (n: string) => `${n} veh·h/day`, overdue: 'overdue', nobody: 'nobody yet',
  all: 'All', open: 'Open', mine: 'Mine', overdueOnly: 'Overdue', search: 'Search',
  statuses: { found: 'found', analysed: 'analysed', tried: 'tried in simulation', proposed: 'proposed', approved: 'approved', treated: 'treated', measured: 'measured', dismissed: 'dismissed' } as Record<WorkStatus, string>,
  next: { proposed: 'Propose', approved: 'Approve', treated: 'Mark as treated', dismissed: 'Dismiss' }, onMap: 'Show on the map', evidence: 'Evidence', what: 'What', value: 'Measured', limit: 'Limit', confidence: (share: string, grade: string) => `confidence ${share}, evidence of grade ${grade}`, suggestion: 'Suggested', cost: 'Effort', costs: { 'timing': 'timing, tonight', 'operations': 'operations', 'paint': 'paint, weeks', 'civil-works': 'civil works, years' } as Record<CostClass, string>,
  trial: (runs: number, delay: string, verdict: string) => `In ${runs} simulated runs: delay ${delay}, ${verdict}.`, verdicts: { 'better': 'better', 'no worse': 'no worse', 'worse': 'worse', 'undecided': 'undecided' }, notTried: (why: string) => `Not tried: ${why}`,
  causes: {
    'equipment': 'Equipment', 'incident': 'Incident', 'capacity': 'Too little capacity', 'split-imbalance': 'Unbalanced splits', 'green-wasted': 'Green wasted', 'offset': 'Offset', 'cycle-too-long': 'Cycle too long', 'short-bay': 'Short turn bay', 'lane-use': 'Lane use', 'tidal-demand': 'Tidal demand',
    'spillback': 'Spillback from downstream', 'left-storage': 'Left-turn storage', 'friction': 'Friction at the kerb', 'mid-block': 'Mid-block', 'demand-peak': 'Peak of demand', 'lane-drop': 'Lane drop', 'merge': 'Merge',
  } as Record<Cause, string>,
  treatments: {
    'retime-splits': ({ signal, list }) => `New splits at ${signal}: ${list}`, 'trim-green': ({ signal, list, from, to }) => `Shorten green ${list} at ${signal} from ${from} to ${to}`, 'shift-offset': ({ signal, movement }) => `Shift the offset of ${signal} for ${movement}`, 'change-cycle': ({ signal, from, to }) => `Cycle of ${signal} from ${from} to ${to}`,
    'lengthen-bay': ({ link, from, to }) => `Lengthen the turn bay of ${link} from ${from} to ${to}`, 'resequence': ({ signal, list }) => `Another order of phases at ${signal} for group ${list}`, 'lane-function': ({ link, from, to }) => `Lanes for the movement on ${link}: ${to} instead of ${from}`, 'tidal-lane': ({ link }) => `Tidal lane on ${link}`,
    'gate': ({ signal, list, from, to }) => `Meter at ${signal}: green ${list} from ${from} to ${to}`, 'waiting-area': ({ link, to }) => `Waiting area of ${to} on ${link}`, 'stop-line': ({ link }) => `Move the stop line of ${link}`, 'divert': ({ movement, to }) => `Divert ${to} from ${movement}`, 'kerb': ({ link }) => `Order at the kerb of ${link}`,
    'add-lane': ({ link, from, to }) => `Widen ${link} from ${from} to ${to} lanes`, 'merge-control': ({ link }) => `Control the merge at ${link}`, 'special-plan': () => 'A special plan for these hours', 'maintenance': ({ signal }) => `Repair at ${signal}`,
  } as Record<Kind, (size: Size) => string>,
  group: (group: string, from: string, to: string) => `${group} ${from} → ${to}`, flow: (n: string) => `${n} veh/h`,
  when: (from: string, until: string, share: string, days: number) => `${from}–${until}, on ${share} of ${days} days`, natures: { recurrent: 'recurrent', emerging: 'emerging', occasional: 'occasional', incident: 'incident', unknown: 'unknown' }, estimated: 'of the vehicles seen',
  corridorEffects: 'What changes on corridors did', corridorEffectsHint: 'Days before and after a change, less what happened elsewhere on the same days.', corridor: 'Corridor', changedOn: 'Changed on', askEffect: 'Measure', reckoning: (share: string) => `reading days, ${share}`, calledOff: 'called off',
  work: 'Work', note: 'Note', addNote: 'Keep note', noteText: 'What was agreed', keep: 'Keep', history: 'What happened', effect: 'Effect measured', notMeasured: 'Nothing measured yet.', change: (value: string, low: string, high: string) => `${value} (95 %: ${low} to ${high})`, days: (before: number, after: number) => `${after} days after, ${before} before`, better: 'better', worse: 'worse', 'cannot tell': 'cannot tell',
}

const zh: typeof en = {
  title: '工作清单', hint: '拥堵点、成因、对策、谁在何时之前做什么，以及效果。', now: '当前拥堵', nowHint: (time) => `截至 ${time}`, nothingNow: '当前没有拥堵点。', noNow: '尚未发布任何数据。', cards: '卡片', noCards: '尚未诊断出拥堵点。', neverDiagnosed: '尚未诊断任何实测日；每晚诊断前一天。', diagnose: '诊断昨天', diagnosing: '正在由实测数据查找成因', tryingAt: (place) => `正在仿真试验对策：${place}`, diagnosisWaits: '诊断正在排队', simulatingYesterday: '诊断之前：正在仿真昨天的交通',
  diagnosed: (day, n, fresh) => `已诊断 ${day}：${n} 处，其中新增 ${fresh} 处。`, nothingDiagnosed: (day) => `已诊断 ${day}：没有拥堵点，或没有实测数据。`, diagnosisFailed: (why) => `上次诊断失败。${why}`, noMatch: '没有符合筛选条件的卡片。',
  place: '地点', length: '长度', delay: '延误', trend: '趋势', trends: { growing: '增长', stable: '稳定', shrinking: '减弱', unknown: '未知' }, card: '卡片', status: '步骤', owner: '负责人', due: '期限', cause: '成因', avoidable: '可避免', perDay: (n) => `${n} 车·小时/天`, overdue: '已逾期', nobody: '尚无',
  all: '全部', open: '未完成', mine: '我的', overdueOnly: '逾期', search: '搜索',
  statuses: { found: '已发现', analysed: '已分析', tried: '已仿真试验', proposed: '已建议', approved: '已批准', treated: '已治理', measured: '已评估', dismissed: '已撤销' },
  next: { proposed: '提出建议', approved: '批准', treated: '标记为已治理', dismissed: '撤销' }, onMap: '在地图上显示', evidence: '证据', what: '项目', value: '实测', limit: '限值', confidence: (share, grade) => `可信度 ${share}，证据等级 ${grade}`, suggestion: '建议', cost: '投入', costs: { 'timing': '配时，当晚', 'operations': '运营', 'paint': '标线，数周', 'civil-works': '土建，数年' },
  trial: (runs, delay, verdict) => `仿真 ${runs} 次：延误 ${delay}，${verdict}。`, verdicts: { 'better': '改善', 'no worse': '不变差', 'worse': '变差', 'undecided': '无法判定' }, notTried: (why) => `未试验：${why}`,
  causes: {
    'equipment': '设备故障', 'incident': '突发事件', 'capacity': '通行能力不足', 'split-imbalance': '绿信比失衡', 'green-wasted': '绿灯浪费', 'offset': '相位差', 'cycle-too-long': '周期过长', 'short-bay': '转弯车道过短', 'lane-use': '车道利用不均', 'tidal-demand': '潮汐交通',
    'spillback': '下游溢流', 'left-storage': '左转蓄车不足', 'friction': '路侧干扰', 'mid-block': '路段中部', 'demand-peak': '需求高峰', 'lane-drop': '车道减少', 'merge': '合流',
  },
  treatments: {
    'retime-splits': ({ signal, list }) => `调整 ${signal} 的绿信比：${list}`, 'trim-green': ({ signal, list, from, to }) => `将 ${signal} 的绿灯 ${list} 由 ${from} 缩短为 ${to}`, 'shift-offset': ({ signal, movement }) => `为 ${movement} 调整 ${signal} 的相位差`, 'change-cycle': ({ signal, from, to }) => `${signal} 的周期由 ${from} 改为 ${to}`,
    'lengthen-bay': ({ link, from, to }) => `将 ${link} 的转弯车道由 ${from} 加长为 ${to}`, 'resequence': ({ signal, list }) => `${signal} 的灯组 ${list} 改变相序`, 'lane-function': ({ link, from, to }) => `${link} 上该流向的车道由 ${from} 条改为 ${to} 条`, 'tidal-lane': ({ link }) => `${link} 设潮汐车道`,
    'gate': ({ signal, list, from, to }) => `在 ${signal} 截流：绿灯 ${list} 由 ${from} 改为 ${to}`, 'waiting-area': ({ link, to }) => `${link} 设 ${to} 待行区`, 'stop-line': ({ link }) => `移动 ${link} 的停止线`, 'divert': ({ movement, to }) => `从 ${movement} 分流 ${to}`, 'kerb': ({ link }) => `整治 ${link} 路侧`,
    'add-lane': ({ link, from, to }) => `${link} 由 ${from} 车道拓宽为 ${to} 车道`, 'merge-control': ({ link }) => `控制 ${link} 的合流`, 'special-plan': () => '为该时段设专用方案', 'maintenance': ({ signal }) => `检修 ${signal}`,
  },
  group: (group, from, to) => `${group} ${from} → ${to}`, flow: (n) => `${n} 辆/小时`,
  when: (from, until, share, days) => `${from}–${until}，${days} 天中的 ${share}`, natures: { recurrent: '常发', emerging: '渐增', occasional: '偶发', incident: '事件', unknown: '未知' }, estimated: '仅指观测到的车辆',
  corridorEffects: '干线改动的效果', corridorEffectsHint: '改动前后各日相比，扣除同期其他地点的变化。', corridor: '干线', changedOn: '改动日期', askEffect: '评估', reckoning: (share) => `正在读取各日，${share}`, calledOff: '已取消',
  work: '工作', note: '备注', addNote: '保存备注', noteText: '商定内容', keep: '保存', history: '经过', effect: '实测效果', notMeasured: '尚未评估。', change: (value, low, high) => `${value}（95%：${low} 至 ${high}）`, days: (before, after) => `之后 ${after} 天，之前 ${before} 天`, better: '改善', worse: '变差', 'cannot tell': '无法判定',
}

export const words = texts({ en, zh })
