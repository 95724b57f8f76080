// Texts of the wall. It stands in a hall without anybody to choose: the address (`?lang=`) or the browser says the language.
const en = {
  index: 'Congestion index', coverage: (share: string) => `${share} of the streets known`, age: 'Data', as_of: (time: string) => `of ${time}`,
  oldest: (age: string) => `oldest value ${age}`, none: 'no data', seconds: (s: number) => `${s} s`, minutes: (m: string) => `${m} min`, hours: (h: number) => `${h} h`,
  before_cross: (road: string, cross: string) => `${road} before ${cross}`, places: 'Avoid now', no_places: 'No congested place.', places_unknown: 'Nobody knows: no data.', lost: (s: string) => `+${s}`, growing: 'growing', stable: 'unchanged', shrinking: 'easing', unknown: '',
  back_past: (n: number) => (n === 1 ? 'past 1 signal' : `past ${n} signals`), incidents: 'Incidents and alarms', no_incidents: 'None reported.',
  kinds: { closure: 'Closed', works: 'Works', restriction: 'Restricted', accident: 'Accident', breakdown: 'Breakdown', obstruction: 'Obstruction' } as Record<string, string>,
  alarms: { drift: 'signal out of step', mismatch: 'signal does not run its plan' } as Record<string, string>, since: (time: string) => `since ${time}`, spillback: 'Queue',
  speed: 'km/h', travel: 'min', typical: (low: string, high: string) => `usual ${low}–${high}`, stops: 'stops', stops_of: (day: string) => `stops a run measured on ${day}`, towards: (name: string) => `to ${name}`, outbound: 'outbound', inbound: 'inbound',
  plan: (until: string) => `Green wave in force until ${until}`, partly: (following: number, all: number) => `Green wave at ${following} of ${all} signals`, before: 'Timing of before the green wave', cycle: (s: string) => `cycle ${s} s`, band: (s: string) => `band ${s} s`,
  levels: { free: 'free', slow: 'slow', congested: 'congested', severe: 'severe' } as Record<string, string>, scale: (id: string, version: number) => `classes: ${id}, edition ${version}`, old: 'old',
  gone: (time: string) => `No connection since ${time}`, gone_why: 'Figures are taken away until there are new ones.', waiting: 'Waiting for the service…', refused: 'This service has not published anything. Open the wall with the key of a screen, or let an administrator publish.', nothing: 'Nothing has been published yet.',
}
export type Words = typeof en

const zh: Words = {
  index: '拥堵指数', coverage: (share) => `${share} 路段有数据`, age: '数据', as_of: (time) => `${time} 发布`,
  oldest: (age) => `最旧数值 ${age}`, none: '无数据', seconds: (s) => `${s} 秒`, minutes: (m) => `${m} 分钟`, hours: (h) => `${h} 小时`,
  before_cross: (road, cross) => `${road} (${cross}前)`, places: '请绕行', no_places: '无拥堵地点。', places_unknown: '无数据, 情况不明。', lost: (s) => `+${s}`, growing: '加重', stable: '持续', shrinking: '缓解', unknown: '',
  back_past: (n) => `越过 ${n} 个路口`, incidents: '事件与报警', no_incidents: '无报告。',
  kinds: { closure: '封闭', works: '施工', restriction: '限行', accident: '事故', breakdown: '车辆故障', obstruction: '障碍物' },
  alarms: { drift: '信号时钟偏移', mismatch: '信号未按方案运行' }, since: (time) => `${time} 起`, spillback: '排队',
  speed: '公里/时', travel: '分钟', typical: (low, high) => `通常 ${low}–${high}`, stops: '次停车', stops_of: (day) => `单程停车次数, ${day} 实测`, towards: (name) => `往 ${name}`, outbound: '去向', inbound: '来向',
  plan: (until) => `绿波方案运行至 ${until}`, partly: (following, all) => `${all} 个路口中 ${following} 个执行绿波方案`, before: '执行原有配时', cycle: (s) => `周期 ${s} 秒`, band: (s) => `绿波带宽 ${s} 秒`,
  levels: { free: '畅通', slow: '缓行', congested: '拥堵', severe: '严重' }, scale: (id, version) => `分级: ${id} 第 ${version} 版`, old: '较旧',
  gone: (time) => `${time} 起连接中断`, gone_why: '恢复前不显示数值。', waiting: '等待服务…', refused: '本服务尚未公开数据。请用屏幕密钥打开大屏, 或由管理员公开。', nothing: '尚未发布任何数据。',
}

export const WORDS = { en, zh } as const
export type Language = keyof typeof WORDS

/** Of the address, else the first of the browser's that we speak. */
export function languageOf(asked: string | null, wished: readonly string[]): Language {
  if (asked === 'zh' || asked === 'en') return asked
  return wished.find((one) => /^(en|zh)/.test(one))?.startsWith('zh') === true ? 'zh' : 'en'
}

/** Whole seconds up to a minute and a half, then minutes. */
export function ageText(words: Words, seconds: number): string {
  if (seconds < 90) return words.seconds(Math.round(seconds))
  return seconds < 5400 ? words.minutes(String(Math.round(seconds / 60))) : words.hours(Math.round(seconds / 3600))
}

/** Of a name in both languages (`Nanhu Avenue 南湖大道`, also several by slashes) the part in this one; other names as they are. */
export const namedIn = (language: Language, name: string): string => name.split(' / ').map((one) => {
  const [, latin, han] = /^(.*[A-Za-z.]) (\p{Script=Han}.*)$/u.exec(one) ?? []
  return (language === 'zh' ? han : latin) ?? one
}).join(' / ')
