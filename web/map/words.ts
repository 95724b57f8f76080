// What the map says.
import { texts } from '../words/language.ts'

const en = {
  map: 'Map of the streets', loading: 'Reading the streets …', failed: 'The streets could not be read.', again: 'Try again', empty: 'This network has no streets yet.',
  colour_by: 'Colour by', themes: { now: 'congestion now', published: 'congestion as published', movements: 'level of service by movement', coverage: 'what feeds see' },
  show: 'Show', places: 'congested places', treatments: 'worklist', offsets: 'offsets', simulated: 'simulated vehicles', fit: 'Whole town', zoom_in: 'Zoom in', zoom_out: 'Zoom out',
  levels: ['free', 'slow', 'congested', 'severe'], level_ranges: ['≤ 1.5', '1.5–1.8', '1.8–2.2', '> 2.2'], index: 'travel time ÷ free travel time', unknown: 'unknown', unknown_now: 'unknown: fewer than 3 vehicles in 10 min',
  unknown_published: 'no data: fewer than 5 vehicles, or older than 10 min', service: 'control delay, s per vehicle', service_ranges: ['A ≤ 10', 'B ≤ 20', 'C ≤ 35', 'D ≤ 55', 'E ≤ 80', 'F > 80'],
  coverage: 'vehicles heard of in 10 min', coverage_classes: ['1–2, too few', '3–4, inside only', '5 or more'], unseen: 'nobody was heard of',
  service_live: 'live', service_day: (day: string) => `measured ${day}`, old: 'data older than 5 min is pale',
  signals: 'Signals', states: { planned: 'greenwave plan runs', before: 'timing of before', doubted: 'plan held back', unknown: 'timing not known' },
  offset: (s: string) => `${s} s`, offset_long: (s: string, reference: string) => `offset ${s} s, ${reference}`, cycle: 'cycle',
  references: { sequence_start: 'from the start of the sequence', begin_of_green: 'from the begin of green', first_green: 'from the first green', begin_of_yellow: 'from the begin of yellow', begin_of_red: 'from the begin of red', begin_of_clearance: 'from the begin of clearance' } as Record<string, string>,
  newest: (age: string) => `newest vehicle ${age} ago`, told: (age: string) => `published ${age} ago`, no_vehicles: 'no vehicle heard of in 10 min', nothing_published: 'nothing is published', no_day: 'no day is measured yet, and no crossing is known now',
  lost: 'The service does not answer; what is drawn grows old.', veh_h: (n: string) => `${n} veh·h a day`,
  towards: (name: string) => `to ${name}`, speed: 'speed', free: 'limit', travel_time: 'travel time', vehicles: 'vehicles in 10 min', age: 'age', delay: 'control delay', close: 'Close', street: 'street', no_data: 'no data', diagram: 'Time-space diagram', length: 'length',
  table: 'All streets in figures', table_movements: 'All movements in figures', movement: 'movement', level: 'level of service', turns: { 'through': 'through', 'left': 'left', 'right': 'right', 'u-turn': 'U-turn' }, source: 'source', seen_share: (much: string, some: string) => `of all lanes' length ${much} by 5 vehicles or more, ${some} by anybody`, card: 'worklist card', congested: 'congested place', status: 'status', treatment: 'treatment', trial: 'trial in simulation', verdicts: { 'better': 'better', 'no worse': 'no worse', 'worse': 'worse', 'undecided': 'undecided' }, to_card: 'Open the card', lost_delay: 'delay', trend: 'trend', corridors: 'Corridors', corridor_of: (name: string, n: number) => `${name}, ${n} signals`, places_list: 'Congested places now', delay_of: (s: string) => `+${s} s`, treatment_of: (n: number, name: string) => `Worklist ${n}: ${name}`, place_of: (n: number, name: string) => `Place ${n}: ${name}`,
  trends: { growing: 'growing', stable: 'stable', shrinking: 'shrinking', unknown: 'trend unknown' },
  statuses: { found: 'found', analysed: 'analysed', tried: 'tried', proposed: 'proposed', approved: 'approved', treated: 'treated', measured: 'measured', dismissed: 'dismissed' },
  draw: 'Draw a corridor', draw_hint: 'Click signals in order, or pick them in the list with the arrow keys and Enter. Signals between two picks are found on the way.', way_of: (n: number) => `${n} signals`, undo: 'Take back the last', clear: 'Begin anew', cancel: 'Cancel', save: 'Save corridor', save_plan: 'Save and compute a plan', compute: 'Compute a plan', compute_for: (name: string) => `Compute a plan for ${name}`, name: 'Name', saving: 'Saving …', saved: (name: string) => `${name} is saved.`,
  needs_two: 'A corridor needs at least two signals.', no_way: (from: string, to: string) => `No way leads from ${from} to ${to}, nor back.`, one_way: 'One direction only: the way back does not follow these signals.', both_ways: (out: string, back: string) => `${out} out, ${back} back`, new_version: 'The network gets a new version; plans stay with the version that they were made for.',
  changed_meanwhile: 'Somebody else has changed the network meanwhile. It was read again; save once more.', already: (name: string) => `${name} is in it already.`, needs_name: 'Give it a name.', picked: (name: string, n: number) => `${name} is number ${n}`, removed: (name: string) => `${name} was taken out`,
}

const zh: typeof en = {
  map: '道路地图', loading: '正在读取路网……', failed: '无法读取路网。', again: '重试', empty: '该路网尚无道路。',
  colour_by: '着色依据', themes: { now: '当前拥堵', published: '发布的拥堵', movements: '各流向服务水平', coverage: '数据覆盖' },
  show: '显示', places: '拥堵点位', treatments: '治理清单', offsets: '相位差', simulated: '仿真车辆', fit: '全图', zoom_in: '放大', zoom_out: '缩小',
  levels: ['畅通', '缓行', '拥堵', '严重拥堵'], level_ranges: ['≤ 1.5', '1.5–1.8', '1.8–2.2', '> 2.2'], index: '行程时间 ÷ 自由流行程时间', unknown: '未知', unknown_now: '未知：10 分钟内少于 3 辆车',
  unknown_published: '无数据：少于 5 辆车，或早于 10 分钟', service: '控制延误，秒/车', service_ranges: ['A ≤ 10', 'B ≤ 20', 'C ≤ 35', 'D ≤ 55', 'E ≤ 80', 'F > 80'],
  coverage: '10 分钟内的车辆数', coverage_classes: ['1–2，过少', '3–4，仅内部', '5 辆及以上'], unseen: '无车辆信息',
  service_live: '实时', service_day: (day) => `${day} 实测`, old: '早于 5 分钟的数据颜色变淡',
  signals: '信号机', states: { planned: '绿波方案运行中', before: '原有配时', doubted: '方案被暂缓', unknown: '配时未知' },
  offset: (s) => `${s} 秒`, offset_long: (s, reference) => `相位差 ${s} 秒，${reference}`, cycle: '周期',
  references: { sequence_start: '自相序起点', begin_of_green: '自绿灯始', first_green: '自首个绿灯始', begin_of_yellow: '自黄灯始', begin_of_red: '自红灯始', begin_of_clearance: '自清空始' },
  newest: (age) => `最新车辆 ${age}前`, told: (age) => `${age}前发布`, no_vehicles: '10 分钟内没有车辆信息', nothing_published: '尚未发布', no_day: '尚无实测日，当前也无流向数据',
  lost: '服务无应答，图上数据正在变旧。', veh_h: (n) => `每日 ${n} 车·小时`,
  towards: (name) => `往 ${name}`, speed: '速度', free: '限速', travel_time: '行程时间', vehicles: '10 分钟内车辆数', age: '数据龄期', delay: '控制延误', close: '关闭', street: '道路', no_data: '无数据', diagram: '时距图', length: '长度',
  table: '全部道路数据', table_movements: '全部流向数据', movement: '流向', level: '服务水平', turns: { 'through': '直行', 'left': '左转', 'right': '右转', 'u-turn': '掉头' }, source: '来源', seen_share: (much, some) => `按车道长度：${much} 有 5 辆及以上，${some} 有车辆信息`, card: '治理卡片', congested: '拥堵点位', status: '状态', treatment: '措施', trial: '仿真试验', verdicts: { 'better': '改善', 'no worse': '不变差', 'worse': '变差', 'undecided': '未定' }, to_card: '打开卡片', lost_delay: '延误', trend: '趋势', corridors: '协调干线', corridor_of: (name, n) => `${name}，${n} 个信号机`, places_list: '当前拥堵点位', delay_of: (s) => `+${s} 秒`, treatment_of: (n, name) => `治理 ${n}：${name}`, place_of: (n, name) => `点位 ${n}：${name}`,
  trends: { growing: '扩大', stable: '稳定', shrinking: '缩小', unknown: '趋势未知' },
  statuses: { found: '发现', analysed: '已分析', tried: '已仿真', proposed: '已提出', approved: '已批准', treated: '已治理', measured: '已评估', dismissed: '已驳回' },
  draw: '绘制干线', draw_hint: '依次点击信号机，或在列表中用方向键和回车选取。两次选取之间的信号机沿路自动补上。', way_of: (n) => `${n} 个信号机`, undo: '撤回最后一个', clear: '重新开始', cancel: '取消', save: '保存干线', save_plan: '保存并计算方案', compute: '计算方案', compute_for: (name) => `为${name}计算方案`, name: '名称', saving: '正在保存……', saved: (name) => `已保存 ${name}。`,
  needs_two: '干线至少需要两个信号机。', no_way: (from, to) => `${from} 与 ${to} 之间没有通路。`, one_way: '仅单向：返程不经过这些信号机。', both_ways: (out, back) => `上行 ${out}，下行 ${back}`, new_version: '路网将产生新版本；已有方案仍属于其制定时的版本。',
  changed_meanwhile: '其间有人修改了路网，已重新读取，请再次保存。', already: (name) => `${name} 已在其中。`, needs_name: '请填写名称。', picked: (name, n) => `${name} 为第 ${n} 个`, removed: (name) => `已移除 ${name}`,
}

export const words = texts({ en, zh })
