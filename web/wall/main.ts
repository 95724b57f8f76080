// The wall: start here. Nobody stands before it to reload it, so it does that itself when another build is served, and it never shows old as new.
import './wall.css'
import type { TownDrawing } from '../../plans/publication/town-drawing.ts'
import type { WallState } from '../../plans/publication/wall-view.ts'
import { Line } from './line.ts'
import { connectionOf, shiftAt } from './shown.ts'
import { buildWall } from './view.ts'
import { languageOf } from './words.ts'

const TICK_MS = 1000
/** The document is looked at this often, and loaded anew at most this often: a proxy that serves two builds in turn must not make the wall flicker. */
const BUILD_MS = 300_000
const RELOADED = 'greenwave.wall-reloaded'
/** Session of the workbench in the same tab. */
const TOKEN = 'greenwave.token'

const query = new URLSearchParams(location.search)
const screen = query.get('screen')
const key = location.hash.length > 1 ? location.hash.slice(1) : sessionStorage.getItem(TOKEN)
const language = languageOf(query.get('lang'), navigator.languages)
document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'

let state: WallState | undefined
let [drawn, trouble, looked_at] = [0, 0, performance.now()]
const wall = buildWall(document.querySelector<HTMLElement>('#wall')!, language)
const line = new Line({
  path: screen === null ? '/wall' : `/screens/${encodeURIComponent(screen)}/wall`,
  query: screen === null && query.get('network') !== null ? { network: query.get('network')! } : {},
  headers: key === null || key === 'cookie' ? {} : { authorization: `Bearer ${key}` },
  known: () => (drawn === 0 ? undefined : drawn),
  heard: (answer) => {
    const { drawing, ...told } = answer as WallState & { drawing?: TownDrawing }
    state = told
    trouble = 0
    if (drawing !== undefined) {
      wall.draw(drawing, told)
      drawn = drawing.network_version
    }
    paint()
  },
  refused: (status) => { trouble = status },
})

function paint(): void {
  const now_ms = line.now()
  const [x, y] = shiftAt(now_ms)
  wall.root.style.setProperty('--shift', `${x}vh ${y}vh`)
  wall.paint({ state, connection: connectionOf(line.silent_ms(), performance.now()), now_ms, silent_ms: line.silent_ms(), trouble })
}

/** Reloads when the document that is served names another script than this one. */
async function lookForBuild(): Promise<void> {
  looked_at = performance.now()
  try {
    const answer = await fetch(location.pathname, { cache: 'no-store' })
    if (!answer.ok || (await answer.text()).includes(new URL(import.meta.url).pathname)) return
    if (Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < BUILD_MS) return
    sessionStorage.setItem(RELOADED, String(Date.now()))
    location.reload()
  } catch {
    // Nobody answers: there is no other build either.
  }
}

setInterval(() => {
  line.tick()
  paint()
  if (performance.now() - looked_at >= BUILD_MS) void lookForBuild()
}, TICK_MS)
line.tick()
paint()
