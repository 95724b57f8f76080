// Everything the page says, in English and Chinese. A language that lacks a text does not compile.
const en = {
  language: 'English', simulated: 'simulated traffic', starting: 'The town is being opened …', lost: 'The service does not answer. Trying again …', wait: 'Waiting for the first vehicles …',
  newest: (s: number) => `newest vehicle ${duration(s, 's', 'min', 'h')} ago`, no_data: 'no data', none_heard: 'no vehicle heard of in ten minutes', updated: (s: number) => `told ${duration(s, 's', 'min', 'h')} ago`,
  levels: ['free', 'slow', 'congested', 'severe'], legend: 'travel time ÷ free travel time', grey: 'unknown: fewer than 3 vehicles in 10 min', index: 'index',
  town_index: 'Town', links_known: (known: number, all: number) => `${known} of ${all} links known`,
  slowest: 'Congested now', nothing_slow: 'Nothing is congested.', lost_time: (s: number) => `+${Math.round(s)} s`, towards: (name: string) => `to ${name}`,
  corridors: 'Corridors', signals: (n: number) => `${n} signals`, cycle: (s: string) => `cycle ${s} s`, before: 'timing of before', plan_runs: 'greenwave plan runs', outbound: 'out', inbound: 'in', until: (t: string) => `until ${t}`,
  feeds: 'Feeds', accepted: (n: string) => `${n} positions believed in two days`, set_aside: (n: string) => `${n} set aside`, off: 'switched off', feeds_hidden: 'Engineers see how healthy each feed is.',
  night: 'Tonight\'s planning', night_words: 'Measures yesterday, plans every corridor anew, simulates before and after, and proposes what is better.', replan: 'Replan now', night_login: 'Log in as an engineer to start it.',
  past_day: 'Yesterday is being simulated first', queued: 'queued', running: 'running', done: 'done', failed: 'failed', cancelled: 'called off', report: 'Morning report', whole_report: 'Whole report', proposal: (n: number) => `${n} plans`,
  verdicts: { 'kept': 'kept', 'proposed': 'proposed', 'deployed': 'deployed', 'returned': 'returned', 'held-out': 'held out', 'no-data': 'not enough data', 'failed': 'failed' } as Record<string, string>,
  log_in: 'Log in', other_way: 'Log in through the identity provider', log_out: 'Log out', login: 'login', password: 'password', wrong: 'Name or password is wrong.', enter: 'Log in to see the streets.', enter_hint: 'The demo prints its logins, and a link to look around, where it was started.',
  speed: 'speed', travel_time: 'travel time', vehicles: 'vehicles in 10 min', age: 'age', table: 'All links as a table', street: 'street', free: 'limit', wall: 'Wall', close: 'close', published: 'published',
}

export type Words = typeof en

const zh: Words = {
  language: '中文', simulated: '仿真交通', starting: '正在打开城镇……', lost: '服务无应答，正在重试……', wait: '等待第一批车辆……',
  newest: (s) => `最新车辆 ${duration(s, '秒', '分钟', '小时')}前`, no_data: '无数据', none_heard: '十分钟内没有车辆信息', updated: (s) => `${duration(s, '秒', '分钟', '小时')}前更新`,
  levels: ['畅通', '缓行', '拥堵', '严重拥堵'], legend: '行程时间 ÷ 自由流行程时间', grey: '未知：10 分钟内少于 3 辆车', index: '指数',
  town_index: '全城', links_known: (known, all) => `${all} 个路段中 ${known} 个有数据`,
  slowest: '当前拥堵', nothing_slow: '没有拥堵路段。', lost_time: (s) => `+${Math.round(s)} 秒`, towards: (name) => `往 ${name}`,
  corridors: '协调干线', signals: (n) => `${n} 个信号灯`, cycle: (s) => `周期 ${s} 秒`, before: '原有配时', plan_runs: '绿波方案运行中', outbound: '去向', inbound: '来向', until: (t) => `至 ${t}`,
  feeds: '数据源', accepted: (n) => `两天内采信 ${n} 个定位点`, set_aside: (n) => `搁置 ${n} 个`, off: '已停用', feeds_hidden: '工程师可查看各数据源的健康状况。',
  night: '夜间优化', night_words: '测量昨日交通，重新计算每条干线的方案，仿真前后对比，并提出更优方案。', replan: '立即优化', night_login: '以工程师身份登录后可启动。',
  past_day: '正在先行仿真昨日交通', queued: '排队', running: '运行中', done: '完成', failed: '失败', cancelled: '已取消', report: '晨报', whole_report: '完整报告', proposal: (n) => `${n} 个方案`,
  verdicts: { 'kept': '保持', 'proposed': '已提出', 'deployed': '已下发', 'returned': '已退回', 'held-out': '留作对照', 'no-data': '数据不足', 'failed': '失败' },
  log_in: '登录', other_way: '通过统一身份认证登录', log_out: '退出', login: '用户名', password: '密码', wrong: '用户名或密码错误。', enter: '登录后查看道路状况。', enter_hint: '演示程序启动时会打印登录信息和浏览链接。',
  speed: '速度', travel_time: '行程时间', vehicles: '10 分钟内车辆数', age: '数据龄期', table: '全部路段列表', street: '道路', free: '限速', wall: '大屏', close: '关闭', published: '已发布',
}

function duration(s: number, second: string, minute: string, hour: string): string {
  if (s < 90) return `${Math.round(s)} ${second}`
  return s < 5400 ? `${Math.round(s / 60)} ${minute}` : `${Math.round(s / 3600)} ${hour}`
}

export const LANGUAGES = { en, zh } as const
export type Language = keyof typeof LANGUAGES

const KEPT = 'greenwave.language'

export function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'en' || kept === 'zh') return kept
  return navigator.languages.find((one) => /^(en|zh)/.test(one))?.startsWith('zh') === true ? 'zh' : 'en'
}

export const keepLanguage = (language: Language): void => localStorage.setItem(KEPT, language)

/** Of a name in both languages (`Nanhu Avenue 南湖大道`, also several by slashes) the part in this one; other names as they are. */
export function named(name: string, language: Language): string {
  return name.split(' / ').map((one) => {
    const [, latin, han] = /^(.*[A-Za-z.]) (\p{Script=Han}.*)$/u.exec(one) ?? []
    return (language === 'zh' ? han : latin) ?? one
  }).join(' / ')
}
