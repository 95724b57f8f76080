// What the frame says.
import { CHINESE_ROLES } from '../words/chinese.ts'
import { texts } from '../words/language.ts'

const en = {
  language: 'English', other: '中文', skip: 'Skip to the content', pages: 'Pages', unknown: 'There is no such page.', unknown_more: 'The address may be from another version, or mistyped.', home: 'To the overview', failed: 'This page could not be loaded.', failed_more: 'It may have been replaced by a newer version; load it again.', reload: 'Load again', broke: 'This page broke off.',
  overview: 'Overview', corridors: 'Corridors', corridor: 'Time-space diagram', timing: 'Timing of a signal', wall: 'Wall', map: 'Map', playback: 'Playback', measures: 'Measures', signal: 'Signal', worklist: 'Worklist', approval: 'Plans', plan: 'Plan', schedules: 'Schedules', controllers: 'Controllers', screens: 'Screens', public_page: 'Public',
  simulated: 'simulated traffic', lost: 'The service does not answer. Trying again …', starting: 'The town is being opened …', no_town: 'No network has been imported yet.', no_town_more: 'An engineer imports one with PUT /networks/{network} or greenwave import.',
  newest: (ago: string) => `newest vehicle ${ago}`, no_data: 'no data', none_heard: 'no vehicle heard of in ten minutes', no_line: 'Events are not arriving; trying again',
  search: 'Search', palette: 'Commands and places', type_here: 'Type a command, corridor, signal or plan', nothing_found: 'Nothing fits.', found: (n: number) => (n === 1 ? '1 result' : `${n} results`),
  kinds: { command: 'command', page: 'page', corridor: 'corridor', signal: 'signal', plan: 'plan', town: 'network' },
  keys: 'Keyboard map', keys_hint: 'Keys that work on this page. The palette has everything that can be done here.', key_or: 'or', places_nav: (title: string) => `Go to: ${title}`, everywhere: 'Everywhere', here: 'On this page',
  menu: 'Your account and settings', log_in: 'Log in', log_out: 'Log out', login: 'Login', password: 'Password', other_way: 'Log in through the identity provider', wrong: 'Name or password is wrong.', enter: 'Log in to greenwave', enter_hint: 'The demo prints its logins, and a link to look around, where it was started.',
  roles: { viewer: 'viewer', engineer: 'engineer', approver: 'approver', administrator: 'administrator' },
  town: 'Network', settings: 'Settings', language_of: 'Language', units: 'Units', metric: 'km/h and metres', imperial: 'mph and feet', theme: 'Colours', themes: { auto: 'as the computer', light: 'light', dark: 'dark' },
  switch_language: 'Change the language', switch_units: 'Change the units', switch_theme: 'Change light and dark', opened: (title: string) => `${title} is open`,
}

const zh: typeof en = {
  language: '中文', other: 'English', skip: '跳到正文', pages: '页面', unknown: '没有此页面。', unknown_more: '该地址可能来自其他版本,或输入有误。', home: '返回总览', failed: '页面加载失败。', failed_more: '页面可能已更新,请重新加载。', reload: '重新加载', broke: '页面出现错误。',
  overview: '总览', corridors: '协调干线', corridor: '时距图', timing: '信号机配时', wall: '大屏', map: '地图', playback: '回放', measures: '指标', signal: '信号机', worklist: '工作清单', approval: '方案', plan: '方案', schedules: '时间表', controllers: '信号机', screens: '诱导屏', public_page: '公众页',
  simulated: '仿真交通', lost: '服务无应答,正在重试……', starting: '正在打开城镇……', no_town: '尚未导入路网。', no_town_more: '工程师可通过 PUT /networks/{network} 或 greenwave import 导入路网。',
  newest: (ago) => `最新车辆 ${ago}`, no_data: '无数据', none_heard: '十分钟内没有车辆信息', no_line: '事件连接中断,正在重试',
  search: '搜索', palette: '命令与地点', type_here: '输入命令、干线、信号灯或方案', nothing_found: '没有匹配项。', found: (n) => `${n} 个结果`,
  kinds: { command: '命令', page: '页面', corridor: '干线', signal: '信号灯', plan: '方案', town: '路网' },
  keys: '键盘操作', keys_hint: '本页可用的按键。命令面板列出所有可用操作。', key_or: '或', places_nav: (title) => `前往:${title}`, everywhere: '所有页面', here: '本页',
  menu: '账户与设置', log_in: '登录', log_out: '退出', login: '用户名', password: '密码', other_way: '通过统一身份认证登录', wrong: '用户名或密码错误。', enter: '登录 greenwave', enter_hint: '演示程序启动时会打印登录信息和浏览链接。',
  roles: CHINESE_ROLES,
  town: '路网', settings: '设置', language_of: '语言', units: '单位', metric: '公里/小时与米', imperial: '英里/小时与英尺', theme: '配色', themes: { auto: '跟随系统', light: '浅色', dark: '深色' },
  switch_language: '切换语言', switch_units: '切换单位', switch_theme: '切换深浅色', opened: (title) => `已打开${title}`,
}

export const words = texts({ en, zh })
