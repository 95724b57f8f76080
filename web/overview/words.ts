// What the overview says.
import { texts } from '../words/language.ts'

const en = {
  title: 'The town now', streets: (n: number) => `Streets by direction, coloured by how congested they are. The table has the figures of all ${n} links.`,
  levels: ['free', 'slow', 'congested', 'severe'], legend: 'travel time ÷ free travel time', grey: 'unknown: fewer than 3 vehicles in 10 min', index: 'index', town_index: 'Town index', links_known: (known: string, all: string) => `${known} of ${all} links known`,
  slowest: 'Congested now', nothing_slow: 'Nothing is congested.', more: (n: number) => `and ${n} more in the table`, lost_time: (time: string) => `+${time}`, towards: (name: string) => `to ${name}`, street_to: (street: string, to: string) => `${street} to ${to}`,
  corridors: 'Corridors', all_corridors: 'All corridors', signals: (n: string) => `${n} signals`, cycle: (s: string) => `cycle ${s}`, before: 'timing of before', plan_until: (t: string) => `greenwave plan runs until ${t}`, outbound: 'out', inbound: 'in',
  service: 'Level of service by signal', service_of: (signal: string, level: string, delay: string) => `${signal}: level ${level}, mean delay ${delay}`, no_service: 'No delay measured at signals in the last minutes.',
  feeds: 'Feeds', accepted: (n: string) => `${n} positions believed in two days`, set_aside: (n: string) => `${n} set aside`, off: 'switched off', feeds_hidden: 'Engineers see how healthy each feed is.', simulated: 'simulated traffic', good: 'brings data', silent: 'brings nothing',
  night: 'Tonight\'s planning', night_words: 'Measures yesterday, plans every corridor anew, simulates before and after, and proposes what is better.', replan: 'Replan now', night_login: 'Engineers can start it.', past_day: 'Yesterday is being simulated first',
  states: { queued: 'queued', running: 'running', done: 'done', failed: 'failed', cancelled: 'called off' }, whole_report: 'Morning report', asked: 'Replanning has begun',
  verdicts: { 'kept': 'kept', 'proposed': 'proposed', 'deployed': 'deployed', 'returned': 'returned', 'held-out': 'held out', 'no-data': 'not enough data', 'failed': 'failed' }, lost: 'The service does not answer.',
  speed: 'Speed', travel_time: 'Travel time', vehicles: 'Vehicles in 10 min', age: 'Age', table: 'All links as a table', street: 'Street', limit: 'Limit', no_data: 'no data', close: 'Close', speed_of: (now: string, limit: string) => `${now} (limit ${limit})`,
}

const zh: typeof en = {
  title: '全城现状', streets: (n) => `按方向绘制的道路,颜色表示拥堵程度。表格列出全部 ${n} 个路段的数值。`,
  levels: ['畅通', '缓行', '拥堵', '严重拥堵'], legend: '行程时间 ÷ 自由流行程时间', grey: '未知:10 分钟内少于 3 辆车', index: '指数', town_index: '全城指数', links_known: (known, all) => `${all} 个路段中 ${known} 个有数据`,
  slowest: '当前拥堵', nothing_slow: '没有拥堵路段。', more: (n) => `另有 ${n} 处见表格`, lost_time: (time) => `+${time}`, towards: (name) => `往 ${name}`, street_to: (street, to) => `${street} 往 ${to}`,
  corridors: '协调干线', all_corridors: '全部干线', signals: (n) => `${n} 个信号灯`, cycle: (s) => `周期 ${s}`, before: '原有配时', plan_until: (t) => `绿波方案运行至 ${t}`, outbound: '去向', inbound: '来向',
  service: '各路口服务水平', service_of: (signal, level, delay) => `${signal}:${level} 级,平均延误 ${delay}`, no_service: '最近几分钟没有测得路口延误。',
  feeds: '数据源', accepted: (n) => `两天内采信 ${n} 个定位点`, set_aside: (n) => `搁置 ${n} 个`, off: '已停用', feeds_hidden: '工程师可查看各数据源的健康状况。', simulated: '仿真交通', good: '有数据', silent: '无数据',
  night: '夜间优化', night_words: '测量昨日交通,重新计算每条干线的方案,仿真前后对比,并提出更优方案。', replan: '立即优化', night_login: '工程师可启动。', past_day: '正在先行仿真昨日交通',
  states: { queued: '排队', running: '运行中', done: '完成', failed: '失败', cancelled: '已取消' }, whole_report: '晨报', asked: '已开始重新优化',
  verdicts: { 'kept': '保持', 'proposed': '已提出', 'deployed': '已下发', 'returned': '已退回', 'held-out': '留作对照', 'no-data': '数据不足', 'failed': '失败' }, lost: '服务无应答。',
  speed: '速度', travel_time: '行程时间', vehicles: '10 分钟内车辆数', age: '数据龄期', table: '全部路段列表', street: '道路', limit: '限速', no_data: '无数据', close: '关闭', speed_of: (now, limit) => `${now}(限速 ${limit})`,
}

export const words = texts({ en, zh })
