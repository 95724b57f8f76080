// All texts of the measures, in English and Chinese; painters get their words from here.
import type { SplitEnd } from '../../diagram/split-monitor.ts'
import type { CoordinationWords } from '../../diagram/paint-coordination.ts'
import type { HeatMapWords } from '../../diagram/paint-heat-map.ts'
import type { ProbeWords } from '../../diagram/paint-probe-trajectories.ts'
import type { MatrixWords } from '../../diagram/paint-hour-matrix.ts'
import type { SplitWords } from '../../diagram/paint-split-monitor.ts'
import { MEASURE_NAMES } from '../../reports/signal-rows.ts'
import { texts } from '../words/language.ts'

const enCoordination: CoordinationWords = {
  none: 'No complete cycle is known in this time.', clock: 'time of day', begins: { green: 'green begins', yellow: 'green ends, yellow begins', red: 'red begins' },
  since: { 'end-of-green': 'seconds since the end of green', 'start-of-green': 'seconds since the start of green' }, detector: 'arrival at a detector', probe: 'arrival of a probe',
  said: ({ on_green, unknown, beyond }) => [
    ...(on_green.length === 0 ? ['no arrivals known'] : on_green.map(({ source, arrivals, green }) => `${Math.round((100 * green) / arrivals)} % of ${arrivals} ${source === 'probe' ? 'probes in green or 3 s after' : 'detector arrivals on green'}`)),
    ...(unknown > 0 ? [`${unknown} outside known cycles`] : []), ...(beyond > 0 ? [`${beyond} in cycles too long to draw`] : []),
  ].join('; '),
}
const zhCoordination: CoordinationWords = {
  none: '此时段没有完整周期的记录。', clock: '时刻', begins: { green: '绿灯开始', yellow: '绿灯结束,黄灯开始', red: '红灯开始' },
  since: { 'end-of-green': '绿灯结束后的秒数', 'start-of-green': '绿灯开始后的秒数' }, detector: '检测器到达', probe: '浮动车到达',
  said: ({ on_green, unknown, beyond }) => [
    ...(on_green.length === 0 ? ['没有到达记录'] : on_green.map(({ source, arrivals, green }) => (source === 'probe' ? `${arrivals} 辆浮动车中 ${Math.round((100 * green) / arrivals)}% 在绿灯或其后 3 秒内到达` : `${arrivals} 次检测器到达中 ${Math.round((100 * green) / arrivals)}% 在绿灯到达`))),
    ...(unknown > 0 ? [`${unknown} 次不在已知周期内`] : []), ...(beyond > 0 ? [`${beyond} 次所在周期过长未画出`] : []),
  ].join(';'),
}
const enEnds: Record<SplitEnd, string> = { gap: 'gap-out', max: 'max-out', force: 'force-off', unknown: 'end not told' }
const zhEnds: Record<SplitEnd, string> = { gap: '间隙结束', max: '达到最大绿', force: '强制切断', unknown: '未说明' }
const enSplit: SplitWords = {
  none: 'Nobody logged greens in this time.', clock: 'time of day', seconds: 'split, s', programmed: 'programmed', ends: enEnds,
  said: (counts) => `${counts.gap + counts.max + counts.force + counts.unknown} greens: ${counts.gap} gap-out, ${counts.max} max-out, ${counts.force} force-off, ${counts.unknown} not told`,
}
const zhSplit: SplitWords = {
  none: '此时段没有绿灯记录。', clock: '时刻', seconds: '绿信比时段,秒', programmed: '方案值', ends: zhEnds,
  said: (counts) => `共 ${counts.gap + counts.max + counts.force + counts.unknown} 次绿灯:间隙结束 ${counts.gap},达到最大绿 ${counts.max},强制切断 ${counts.force},未说明 ${counts.unknown}`,
}
const enHeat: HeatMapWords = { none: 'No link of this direction was driven enough on this day.', clock: 'time of day', unknown: 'not known', said: ({ links, columns, minutes, percent }) => `${links} links, ${columns} columns of ${minutes} min; ${percent} % of the cells known` }
const zhHeat: HeatMapWords = { none: '当天该方向没有足够的车辆记录。', clock: '时刻', unknown: '未知', said: ({ links, columns, minutes, percent }) => `${links} 个路段,${columns} 列,每列 ${minutes} 分钟;已知单元 ${percent}%` }
const enMatrix: MatrixWords = {
  none: 'No hour was measured on either side.', better: 'better: shorter run time, %', worse: 'worse: longer run time, %', undecided: '? the days cannot tell', missing: 'days on one side only', hour: 'hour',
  said: ({ better, worse, undecided, missing }) => `${better} slots better, ${worse} worse, ${undecided} undecided, ${missing} with days on one side only`,
}
const zhMatrix: MatrixWords = {
  none: '前后均没有测量数据。', better: '改善:行程时间缩短,%', worse: '变差:行程时间延长,%', undecided: '? 天数不足以判断', missing: '仅一侧有数据', hour: '小时',
  said: ({ better, worse, undecided, missing }) => `${better} 个时段改善,${worse} 个变差,${undecided} 个无法判断,${missing} 个仅一侧有数据`,
}

const enProbes: ProbeWords = {
  none: 'No run of a probe.', classes: { 0: 'no stop', 1: 'one stop', 2: 'two stops or more' }, metres: 'metres beyond the stop line', seconds: 'seconds since the stop line was crossed', line: 'stop line',
  said: ({ runs, shares }) => (runs === 1 ? 'one run' : `${runs} runs: ${shares.join(', ')}`),
}
const zhProbes: ProbeWords = {
  none: '没有浮动车轨迹。', classes: { 0: '未停车', 1: '停车一次', 2: '停车两次及以上' }, metres: '距停车线,米', seconds: '过停车线后的秒数', line: '停车线',
  said: ({ runs, shares }) => (runs === 1 ? '一条轨迹' : `${runs} 条轨迹:${shares.join(',')}`),
}

const en = {
  probes: enProbes,
  coordination: enCoordination, split: enSplit, heat: enHeat, matrix: enMatrix, ends: enEnds,
  phase: 'Phase', phase_of: (phase: number, name: string) => (name === '' ? `Phase ${phase}` : `Phase ${phase} · ${name}`),
  day: 'Day', from: 'From', until: 'Until', whole_day: 'Whole day', earlier: 'Earlier', later: 'Later', closer: 'Zoom in', wider: 'Zoom out', previous_month: 'Month before', next_month: 'Month after',
  measured: 'measured', heard: 'records came', nothing: 'no data', loading: 'Being measured …', failed: (why: string) => `This could not be had: ${why}`,
  no_signal: 'There is no such signal in this network.',
  pcd: 'Coordination diagram', split_monitor: 'Split monitor', series: 'Over the day', arrivals_on_green: 'Arrivals on green', origin: 'Count seconds from', origins: { 'end-of-green': 'end of green', 'start-of-green': 'start of green' },
  greens: { log: 'Greens as the controller or its lamps told them.', plan: 'Greens of the plan: nobody logged any.', unknown: 'No greens are known.' },
  plan: 'Plan', no_plan: 'street’s own', time: 'Time', source: 'Source', sources: { detector: 'detector', probe: 'probe' }, arrivals: 'Arrivals', on_green: 'On green, %',
  programmed: 'Programmed, s', median: 'Median, s', p85: '85th, s', green_count: 'Greens', no_arrivals: 'No arrivals are known for this phase in this time.', no_splits: 'No plan is known in this time.',
  no_series: 'No quarter-hour of a log and no measured hour in this time.', picked: 'Arrival', pick_hint: 'Click on a dot, or press , and . to go from one to the next.', arrived: 'Would reach the line', crossed: 'Crossed', delay: 'Delay', stops: 'Stops', in_diagram: 'Show in the time-space diagram', no_run: 'A detector tells when, not who.',
  run_of: 'Run at the stop line', interval_of: (low: string, high: string) => `${low} to ${high}`, close: 'Close', quarter: 'Quarter-hour',
  measures: MEASURE_NAMES,
  export: 'Export', all: 'all of the day', shown: 'what is shown', extent: 'How much', as_svg: 'Picture (SVG)', as_png: 'Picture (PNG)', as_csv: 'Table (CSV)', as_table: 'All slots as a table', as_utdf: 'UTDF', as_geojson: 'GeoJSON', as_timing: 'Timing sheets (CSV)', print: (paper: string) => `Print (${paper})`, saved: (name: string) => `Saved ${name}`,
  corridor: 'Corridor', direction: 'Direction', directions: { outbound: 'outbound', inbound: 'inbound' }, heat_map: 'Speeds over the day', hours: 'Before and after', comparison: 'Plans compared', title: 'Measures',
  changed: 'Changed on', side_days: 'Days on each side', rows: { workdays: 'Working days', 1: 'Mon', 2: 'Tue', 3: 'Wed', 4: 'Thu', 5: 'Fri', 6: 'Sat', 7: 'Sun' } as Record<string, string>,
  slot: (row: string, hour: number) => `${row}, ${hour}–${hour + 1} h`, slot_hint: 'Pick a slot to see the days behind it.', before: 'Before', after: 'After', change: 'Change', days_of: (before: number, after: number) => `${before} days before, ${after} after`, run_time: 'Run time, s', interval90: '90 % interval, s', verdict: 'Verdict', verdicts: { better: 'better', worse: 'worse', undecided: 'undecided' },
  transition: 'The day of the change and the two after it belong to neither side.', link: 'Link', index: 'Travel time over free', passages: 'Passages', cell_at: (link: string, time: string) => `${link}, ${time}`,
  choose_plan: 'Plan', no_plans: 'No plan of this corridor was simulated yet.', runs: (runs: number) => `${runs} pairs of runs with the same seeds; ± is the 95 % interval of the difference.`, one_run: 'One pair of runs gives no interval and decides nothing.',
  measure: 'Measure', movement: 'Movement', where: 'Signal', volume: 'Volume, veh/h', delay_change: 'Change ± 95 %', veh_h: 'veh·h per h', level: 'Level of service', queue: 'Queue, m', all_measures: 'All vehicles and the corridor', winners: 'Winners and losers', filter: 'Show', filters: { all: 'all movements', losers: 'who loses', winners: 'who gains', side: 'side streets and turns' },
  scale_of: (id: string, version: number, status: string) => `Classes: table ${id}, version ${version} (${status}).`, pick_cell: 'Point at a cell for its figures.',
}
const zh: typeof en = {
  probes: zhProbes,
  coordination: zhCoordination, split: zhSplit, heat: zhHeat, matrix: zhMatrix, ends: zhEnds,
  phase: '相位', phase_of: (phase, name) => (name === '' ? `相位 ${phase}` : `相位 ${phase} · ${name}`),
  day: '日期', from: '从', until: '到', whole_day: '全天', earlier: '更早', later: '更晚', closer: '放大', wider: '缩小', previous_month: '上月', next_month: '下月',
  measured: '已测量', heard: '有记录', nothing: '无数据', loading: '正在计算……', failed: (why) => `无法取得:${why}`,
  no_signal: '该路网没有此信号机。',
  pcd: '协调图', split_monitor: '绿信比监视', series: '全天变化', arrivals_on_green: '绿灯到达率', origin: '秒数起点', origins: { 'end-of-green': '绿灯结束', 'start-of-green': '绿灯开始' },
  greens: { log: '绿灯取自信号机日志或灯色。', plan: '绿灯为方案值:没有日志。', unknown: '绿灯未知。' },
  plan: '方案', no_plan: '原有配时', time: '时间', source: '来源', sources: { detector: '检测器', probe: '浮动车' }, arrivals: '到达数', on_green: '绿灯到达,%',
  programmed: '方案值,秒', median: '中位数,秒', p85: '85 分位,秒', green_count: '绿灯次数', no_arrivals: '此时段该相位没有到达记录。', no_splits: '此时段没有已知方案。',
  no_series: '此时段没有日志数据,也没有已测量的小时。', picked: '到达', pick_hint: '点击圆点,或按 , 和 . 逐个查看。', arrived: '应到停车线', crossed: '过线', delay: '延误', stops: '停车', in_diagram: '在时距图中显示', no_run: '检测器只记录时间,不识别车辆。',
  run_of: '停车线处轨迹', interval_of: (low, high) => `${low} 至 ${high}`, close: '关闭', quarter: '一刻钟',
  measures: { volume_vph: '流量', arrivals_on_green: '绿灯到达率', arrival_on_green: '绿灯到达率', approach_delay_s: '进口道延误(简化)', split_failures: '绿灯失效', green_median_s: '绿灯中位数', split_p85_s: '绿信比 85 分位', red_actuations: '红灯通过', pedestrian_wait_s: '行人等待', control_delay_s: '控制延误', stops: '停车次数', queue_p95_m: '排队 95 分位', split_failure_share: '绿灯失效率' },
  export: '导出', all: '全天', shown: '当前显示', extent: '范围', as_svg: '图(SVG)', as_png: '图(PNG)', as_csv: '表(CSV)', as_table: '全部时段列表', as_utdf: 'UTDF', as_geojson: 'GeoJSON', as_timing: '配时表(CSV)', print: (paper) => `打印(${paper})`, saved: (name) => `已保存 ${name}`,
  corridor: '干线', direction: '方向', directions: { outbound: '上行', inbound: '下行' }, heat_map: '全天速度', hours: '前后对比', comparison: '方案对比', title: '评价指标',
  changed: '变更日期', side_days: '前后各取天数', rows: { workdays: '工作日', 1: '周一', 2: '周二', 3: '周三', 4: '周四', 5: '周五', 6: '周六', 7: '周日' },
  slot: (row, hour) => `${row} ${hour}–${hour + 1} 时`, slot_hint: '选择一格查看其逐日数据。', before: '之前', after: '之后', change: '变化', days_of: (before, after) => `之前 ${before} 天,之后 ${after} 天`, run_time: '行程时间,秒', interval90: '90% 区间,秒', verdict: '结论', verdicts: { better: '改善', worse: '变差', undecided: '无法判断' },
  transition: '变更当天及其后两天不计入任何一侧。', link: '路段', index: '行程时间与自由流之比', passages: '通过数', cell_at: (link, time) => `${link},${time}`,
  choose_plan: '方案', no_plans: '该干线尚无已仿真的方案。', runs: (runs) => `同种子配对仿真 ${runs} 次;± 为差值的 95% 区间。`, one_run: '只有一对仿真,没有区间,不能下结论。',
  measure: '指标', movement: '流向', where: '信号机', volume: '流量,辆/时', delay_change: '变化 ± 95%', veh_h: '车时/时', level: '服务水平', queue: '排队,米', all_measures: '全部车辆与干线', winners: '受益与受损', filter: '显示', filters: { all: '全部流向', losers: '受损者', winners: '受益者', side: '支路与转向' },
  scale_of: (id, version, status) => `分级:表 ${id},版本 ${version}(${status})。`, pick_cell: '指向单元格查看数值。',
}
export const words = texts({ en, zh })

/** English ones come with the figures. */
const enMeasures: Record<string, { label: string; unit: string }> = {}
const zhMeasures: typeof enMeasures = {
  corridor_stops: { label: '干线停车次数', unit: '次/车' }, corridor_delay_s: { label: '干线延误', unit: '秒/车' }, corridor_travel_time_s: { label: '干线行程时间', unit: '秒' }, stops: { label: '全部车辆停车次数', unit: '次/车' },
  delay_s: { label: '全部车辆延误', unit: '秒/车' }, travel_time_s: { label: '全部车辆行程时间', unit: '秒' }, control_delay_s: { label: '全部车辆控制延误', unit: '秒/车' }, corridor_control_delay_s: { label: '干线控制延误', unit: '秒/车' },
  arrivals_on_green: { label: '绿灯到达率', unit: '%' }, split_failure_share: { label: '绿灯失效率', unit: '%' }, fuel_g: { label: '燃油', unit: '克/车' }, co2_g: { label: '二氧化碳', unit: '克/车' }, insertion_delay_s: { label: '进入等待', unit: '秒/车' },
  share_at_most_one_stop: { label: '干线至多停车一次', unit: '%' }, side_street_delay_s: { label: '支路延误', unit: '秒/车' }, completed_share: { label: '完成行程', unit: '%' },
}
/** Names of measures in another language than the reports': those that the service sends are English. */
export const measureWords = texts({ en: enMeasures, zh: zhMeasures })
