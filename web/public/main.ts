// The public page works without this; with it, the page keeps itself new without losing what is open or where one has scrolled to, and says when it cannot.
import './public.css'

const AGAIN_MS = 60_000
/** Old is not shown as new: after so long without an answer the page says since when. */
const LOST_MS = 60_000

let heard_at = Date.now()
const lost = document.querySelector<HTMLElement>('.pub-lost')!

async function renew(): Promise<void> {
  try {
    const answer = await fetch(location.href, { cache: 'no-cache' })
    if (answer.status >= 500) throw new Error(String(answer.status))
    replace(new DOMParser().parseFromString(await answer.text(), 'text/html'))
    heard_at = Date.now()
  } catch {
    // Said below.
  }
  const silent = Date.now() - heard_at
  lost.hidden = silent < LOST_MS
  document.body.classList.toggle('lost', silent >= LOST_MS)
  if (silent >= LOST_MS) lost.textContent = `${document.documentElement.dataset['lost'] ?? ''} ${new Date(heard_at).toLocaleTimeString(document.documentElement.lang)}`
}

function replace(next: Document): void {
  const [old, now] = [document.querySelector('main')!, next.querySelector('main')]
  if (now === null || old.innerHTML === now.innerHTML) return
  const open = [...old.querySelectorAll('details')].map((one) => one.open)
  now.querySelectorAll('details').forEach((one, i) => { one.open = open[i] ?? false })
  const focused = [...old.querySelectorAll('a, summary')].indexOf(document.activeElement as Element)
  old.replaceChildren(...now.childNodes)
  if (focused >= 0) old.querySelectorAll<HTMLElement>('a, summary')[focused]?.focus({ preventScroll: true })
}

setInterval(() => { if (!document.hidden) void renew() }, AGAIN_MS)
// A phone that was in a pocket shows what was true then.
document.addEventListener('visibilitychange', () => { if (!document.hidden && Date.now() - heard_at > AGAIN_MS / 2) void renew() })
