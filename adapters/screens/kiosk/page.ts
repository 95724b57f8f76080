// The page of a kiosk: constant, so that a server can allow its script and its style by their hashes. It fetches `content` beside itself, with the key after
// the # of its address where there is one (that part stays in the browser), and tells of each message once what really stands on it. Whoever looks without such a key, as they
// are logged in to the workbench, tells nothing: they are no screen. `lang=en` in the address is the language of the line at its foot.

/** Sixty seconds without an answer and the page is grey; a message past its end is gone even if nobody says so. */
export const KIOSK_SCRIPT = `
'use strict'
const [text, lamps, foot] = ['text', 'lamps', 'foot'].map((id) => document.getElementById(id))
let state, received = performance.now(), page = 0, told, panel, drawn
const key = location.hash.slice(1)
const session = sessionStorage.getItem('greenwave.token')
const looks = key !== '' ? key : session === 'cookie' ? null : session
const headers = looks === null ? {} : { authorization: 'Bearer ' + looks }
const words = new URLSearchParams(location.search).get('lang') === 'en' ? { lost: 'No connection since ', over: 'no data' } : { lost: '数据中断 ', over: '无数据' }
const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString('zh-CN', { hour12: false })
function paint() {
  const silent = (performance.now() - received) / 1000
  const now = state === undefined ? Date.now() / 1000 : state.now + silent
  const lost = silent > 60 || state === undefined && silent > 5
  const over = !lost && state !== undefined && state.expires_at !== null && now >= state.expires_at
  document.body.className = lost ? 'lost' : ''
  const pages = lost || over || state === undefined ? [] : state.content.pages
  page = pages.length === 0 ? 0 : page % pages.length
  text.replaceChildren(...(pages[page] ?? []).map((line) => Object.assign(document.createElement('p'), { textContent: line })))
  const lit = lost || over || state === undefined ? [] : state.content.lamps
  lamps.replaceChildren(...(lit.length > 0 && panel !== undefined && drawn === JSON.stringify(lit) ? [panel] : lit.map(({ segment, colour }) => Object.assign(document.createElement('i'), { className: colour, title: segment }))))
  foot.textContent = clock(now) + (lost ? ' · ' + words.lost + clock(now - silent) : over ? ' · ' + words.over : '')
  document.body.style.transform = 'translate(' + (Math.floor(now / 60) % 5 - 2) + 'px,' + (Math.floor(now / 300) % 5 - 2) + 'px)'
}
async function ask() {
  try {
    const answer = await fetch('content', { cache: 'no-store', headers, signal: AbortSignal.timeout(8000) })
    if (answer.ok) { state = await answer.json(); received = performance.now(); page = 0; paint(); await draw().catch(() => undefined); await tell() }
  } catch { /* silence is shown, not reported */ }
}
/* The streets with these lamps; bars stand there until they are here, and where the drawing does not have these colours. */
async function draw() {
  const wanted = JSON.stringify(state.content.lamps)
  if (state.content.lamps.length === 0 || drawn === wanted) return
  const answer = await fetch('picture.svg?part=panel', { cache: 'no-store', headers, signal: AbortSignal.timeout(8000) })
  if (!answer.ok) return
  const root = document.importNode(new DOMParser().parseFromString(await answer.text(), 'image/svg+xml').documentElement, true)
  if (root.localName !== 'svg' || state.content.lamps.some(({ segment, colour }) => root.querySelector('[data-segment="' + CSS.escape(segment) + '"]')?.dataset.colour !== colour)) return
  ;[panel, drawn] = [root, wanted]
  paint()
}
async function tell() {
  if (key === '' || state.message === undefined || state.message === null || state.message === told) return
  const shown = [...text.children].map((line) => line.textContent)
  const lit = panel?.isConnected ? state.content.lamps.map(({ segment }) => panel.querySelector('[data-segment="' + CSS.escape(segment) + '"]').dataset.colour) : [...lamps.children].map((lamp) => lamp.className)
  const same = JSON.stringify(shown) === JSON.stringify(state.content.pages[0] ?? []) && JSON.stringify(lit) === JSON.stringify(state.content.lamps.map((lamp) => lamp.colour))
  const answer = await fetch('messages/' + encodeURIComponent(state.message) + '/acknowledgement', { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ read_back: same ? 'same' : 'different' }), signal: AbortSignal.timeout(8000) })
  if (answer.ok) told = state.message
}
setInterval(ask, 10000); setInterval(paint, 1000); setInterval(() => { page++ }, 4000); ask().then(paint)
`

export const KIOSK_STYLE = `
:root { background: #0b0d0e; color: #ffd84d; font: 600 11vh/1.35 "Noto Sans CJK SC", "PingFang SC", sans-serif; }
body { margin: 0; height: 100vh; display: grid; grid-template: minmax(0, 1fr) auto auto / minmax(0, 1fr); text-align: center; overflow: hidden; }
#text { align-self: center; } #text:empty { display: none; } #text:empty + #lamps { align-items: center; padding-top: 3vh; min-height: 0; } #text:empty + #lamps svg { max-height: 100%; } p { margin: 0; white-space: pre; }
#lamps { display: flex; gap: 1vw; padding: 0 4vw 3vh; } #lamps svg { flex: 1; min-width: 0; height: auto; max-height: 56vh; } i { flex: 1; height: 6vh; border-radius: 1vh; background: #23282b; }
.green { background: #22a455; } .yellow { background: #ffd23f; } .red { background: #e5383b; }
footer { font-size: 3.2vh; color: #8b9499; padding-bottom: 2vh; font-variant-numeric: tabular-nums; }
.lost { background: #5c6367; } .lost footer { color: #fff; }
`

export const KIOSK_PAGE = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>greenwave</title><style>${KIOSK_STYLE}</style></head>
<body><div id="text"></div><div id="lamps"></div><footer id="foot"></footer><script>${KIOSK_SCRIPT}</script></body></html>
`
