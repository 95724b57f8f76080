// Texts of the public page, complete in both languages by type.
const minutesOf = (seconds: number): string => {
  const minutes = seconds / 60
  return minutes < 10 ? minutes.toFixed(1) : String(Math.round(minutes))
}

const en = {
  lang: 'en', title: 'Traffic now', other: '中文', data_of: (time: string) => `Data of ${time}`, oldest: (s: string) => `oldest value ${s}`, known: (share: string) => `${share} of the streets known`, no_data: 'no data', skip: 'To the contents',
  seconds: (s: number) => `${s} s`, whole_minutes: (m: number) => `${m} min`, index: 'Congestion index', index_means: 'Travel time over free travel time.', now: 'Now', map: (name: string) => `Streets of ${name} by class`, classes: (id: string, version: number) => `Classes: ${id}, edition ${version}.`,
  levels: { free: 'free', slow: 'slow', congested: 'congested', severe: 'severe' } as Record<string, string>, numerals: 'Numerals on the map say the class without colour: 3 congested, 4 severe, × closed; grey and dotted is no data.',
  avoid: 'Avoid now', none_to_avoid: 'No congested place.', nobody_knows: 'Nobody knows: there are no data.', before: (road: string, cross: string) => `${road} before ${cross}`, extra: (time: string) => `${time} longer than free`, trends: { growing: 'growing', stable: 'unchanged', shrinking: 'easing', unknown: '' },
  corridors: 'Corridors', towards: (name: string) => `to ${name}`, outbound: 'outbound', inbound: 'inbound', minutes: (s: number) => `${minutesOf(s)} min`, range: (low: number, high: number) => `${minutesOf(low)}–${minutesOf(high)} min`,
  run_now: 'now', usually: 'usually at this time', later: 'in 30 minutes', estimate: 'estimate', no_estimate: 'no estimate', old: 'data are old', better: (at: string, time: string, saves: string) => `Leaving at ${at} it usually takes ${time}, ${saves} less than now.`, no_better: 'Leaving later in the next three hours usually saves less than a tenth.',
  course: (kind: string, days: number) => `Usual course of a ${kind}: middle of ${days} days, band without a tenth of the days at each end`, kinds: { working: 'working day', weekend: 'day of a weekend' }, course_other: (kind: string) => `Show a ${kind}`, course_show: 'Course of the day', too_few: 'Fewer than three such days are known yet.', reading: 'Earlier days are being read.', typical: 'typical',
  time: 'time', usual: 'usual', from_to: 'range', today: 'today', notices: 'Works and restrictions', no_notices: 'None reported.', kinds_of: { closure: 'Closed', works: 'Works', restriction: 'Restricted', accident: 'Accident', breakdown: 'Breakdown', obstruction: 'Obstruction' } as Record<string, string>,
  around: (streets: string) => `Way around: ${streets}`, around_extra: (time: string) => `about ${time} more`, no_way: 'No way around is known.', until: (time: string) => `until ${time}`,
  streets: 'All streets as a table', street: 'street', class: 'class', speed: 'km/h', age: 'age', open: 'Open data', open_says: 'The same figures of the same minute:', privacy: 'No value has fewer than five vehicles behind it. This page stores nothing in your browser and asks nobody else.',
  published_not: 'The operator of this service has not published its data.', nothing: 'Nothing has been published yet.', lost: 'No connection since', publication: (id: string) => `Publication ${id}`,
}
export type PublicWords = typeof en

const zh: PublicWords = {
  lang: 'zh-CN', title: '实时路况', other: 'English', data_of: (time) => `${time} 数据`, oldest: (s) => `最旧数值 ${s}`, known: (share) => `${share} 路段有数据`, no_data: '无数据', skip: '跳到正文',
  seconds: (s) => `${s} 秒`, whole_minutes: (m) => `${m} 分钟`, index: '拥堵指数', index_means: '行程时间与自由流行程时间之比。', now: '当前', map: (name) => `${name} 路况分级图`, classes: (id, version) => `分级: ${id} 第 ${version} 版。`,
  levels: { free: '畅通', slow: '缓行', congested: '拥堵', severe: '严重' }, numerals: '图上数字不依赖颜色: 3 拥堵, 4 严重, × 封闭; 灰色虚线为无数据。',
  avoid: '请绕行', none_to_avoid: '无拥堵地点。', nobody_knows: '无数据, 情况不明。', before: (road, cross) => `${road} (${cross}前)`, extra: (time) => `比畅通时多 ${time}`, trends: { growing: '加重', stable: '持续', shrinking: '缓解', unknown: '' },
  corridors: '主要干线', towards: (name) => `往 ${name}`, outbound: '去向', inbound: '来向', minutes: (s) => `${minutesOf(s)} 分钟`, range: (low, high) => `${minutesOf(low)}–${minutesOf(high)} 分钟`,
  run_now: '当前', usually: '此时通常', later: '30 分钟后', estimate: '预测', no_estimate: '无法预测', old: '数据较旧', better: (at, time, saves) => `${at} 出发通常需 ${time}, 比现在少 ${saves}。`, no_better: '今后三小时内推迟出发通常节省不足一成。',
  course: (kind, days) => `${kind}通常走势: ${days} 天的中位数, 带状范围两端各去掉一成`, kinds: { working: '工作日', weekend: '周末' }, course_other: (kind) => `查看${kind}`, course_show: '全天走势', too_few: '此类日期不足三天。', reading: '正在读取历史日期。', typical: '典型值',
  time: '时间', usual: '通常', from_to: '范围', today: '今日', notices: '施工与限行', no_notices: '无报告。', kinds_of: { closure: '封闭', works: '施工', restriction: '限行', accident: '事故', breakdown: '车辆故障', obstruction: '障碍物' },
  around: (streets) => `绕行: ${streets}`, around_extra: (time) => `约多 ${time}`, no_way: '无可用绕行路线。', until: (time) => `至 ${time}`,
  streets: '全部路段表格', street: '道路', class: '分级', speed: '公里/时', age: '数据龄期', open: '开放数据', open_says: '同一分钟的相同数值:', privacy: '每个数值至少来自五辆车。本页不在浏览器中保存任何内容, 也不访问其他网站。',
  published_not: '本服务的运营方尚未公开数据。', nothing: '尚未发布任何数据。', lost: '连接中断, 自', publication: (id) => `发布编号 ${id}`,
}

export const PUBLIC_WORDS = { en, zh } as const
export type PublicLanguage = keyof typeof PUBLIC_WORDS

/** Of the address, else the first of the browser's that we speak. */
export function publicLanguage(asked: string | undefined, accept: string | undefined): PublicLanguage {
  if (asked === 'en' || asked === 'zh') return asked
  return /^(?:\s*(?!en|zh)[^,]*,)*\s*(en|zh)/i.exec(accept ?? '')?.[1]?.toLowerCase() === 'zh' ? 'zh' : 'en'
}

/** Of a name in both languages (`Nanhu Avenue 南湖大道`, also several by slashes) the part in this one; other names as they are. */
export const namedIn = (language: PublicLanguage, name: string): string => name.split(' / ').map((one) => {
  const [, latin, han] = /^(.*[A-Za-z.]) (\p{Script=Han}.*)$/u.exec(one) ?? []
  return (language === 'zh' ? han : latin) ?? one
}).join(' / ')
