// Texts of the page of screens in both languages.
import { texts } from '../words/language.ts'

const en = {
  title: 'Screens', hint: 'What stands on each screen now, drawn from the same content that it is sent.', none: 'No screen yet. An engineer adds one with PUT /screens/{screen}.', all: 'All screens', pick: 'Pick a screen to see what it was sent, on which data, and what it said to it.',
  kinds: { 'panel': 'route panel', 'text': 'text sign', 'mixed': 'panel with text', 'speed-plate': 'speed plate', 'kiosk': 'kiosk' },
  shows: (name: string) => `What ${name} shows now`, blank: 'blank', message_until: (time: string) => `message, until ${time}`, default_text: 'default text', dark: 'nothing to say: blank', lost: (time: string) => `not known since ${time}`,
  page_of: (page: number, pages: number) => `Page ${page} of ${pages}`, previous: 'Page before', next: 'Next page', turns: 'The sign turns its pages every four seconds.', lamps: 'Lamps', colours: { green: 'green', yellow: 'yellow', red: 'red', off: 'off' }, lamp_count: (count: number, colour: string) => `${count} ${colour}`,
  own_page: 'Open as its own page', png: 'Picture (PNG)', svg: 'Picture (SVG)', settings: 'Settings', failed: (why: string) => `This could not be had: ${why}`,
  messages: 'What it was sent', no_messages: 'It was sent nothing yet.', sent: 'Sent', until: 'Until', says: 'Content', told: 'The screen said', approver: 'Who answers for it', data: 'Data behind it',
  read_backs: { 'same': '✓ stands there as sent', 'different': '✗ something else stands there', 'not-possible': 'taken; it cannot say what stands there' }, unconfirmed: '? not confirmed', by_itself: 'goes out by itself',
  basis: (values: number, age: string, grade: string) => `${values === 1 ? '1 value' : `${values} values`}, oldest ${age}, grade ${grade}`, no_basis: '–', withheld: (what: string) => `left out: ${what}`,
}

const zh: typeof en = {
  title: '诱导屏', hint: '各屏当前显示内容,由下发的同一内容绘制。', none: '尚无诱导屏。工程师可通过 PUT /screens/{screen} 添加。', all: '全部诱导屏', pick: '选择一块屏,查看下发内容、所依据的数据以及屏的回应。',
  kinds: { 'panel': '图形诱导屏', 'text': '文字屏', 'mixed': '图文屏', 'speed-plate': '绿波车速牌', 'kiosk': '网页屏' },
  shows: (name) => `${name} 当前显示`, blank: '空白', message_until: (time) => `信息,有效至 ${time}`, default_text: '默认文字', dark: '无信息:空白', lost: (time) => `自 ${time} 起未知`,
  page_of: (page, pages) => `第 ${page} 页,共 ${pages} 页`, previous: '上一页', next: '下一页', turns: '屏上每四秒翻一页。', lamps: '灯段', colours: { green: '绿', yellow: '黄', red: '红', off: '灭' }, lamp_count: (count, colour) => `${colour} ${count}`,
  own_page: '打开单独页面', png: '图(PNG)', svg: '图(SVG)', settings: '设置', failed: (why) => `无法取得:${why}`,
  messages: '下发记录', no_messages: '尚未下发任何内容。', sent: '下发', until: '有效至', says: '内容', told: '屏的回应', approver: '责任人', data: '所依据数据',
  read_backs: { 'same': '✓ 与下发一致', 'different': '✗ 显示内容不同', 'not-possible': '已接收,无法回读' }, unconfirmed: '? 未确认', by_itself: '自动发布',
  basis: (values, age, grade) => `${values} 个数值,最旧 ${age},等级 ${grade}`, no_basis: '–', withheld: (what) => `未显示:${what}`,
}
export const words = texts({ en, zh })
