// A picture in a report: its heading, the painted scene, and what is said under it.
import { html, paintedMarkup } from './html.ts'
import type { Markup } from './html.ts'
import type { Drawn } from './state-report-input.ts'

export function drawn<S>(pictures: readonly Drawn<S>[], paint: (scene: S, title: string) => string): Markup[] {
  return pictures.map(({ title, caption, scene }) => html`<figure class="diagram"><h3>${title}</h3><div class="wide">${paintedMarkup(paint(scene, title))}</div><figcaption>${caption}</figcaption></figure>\n`)
}
