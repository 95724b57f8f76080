// Colours of the style sheet for those who paint pixels: custom properties may be written as light-dark() pairs, which only the browser resolves.
import { signal } from '@preact/signals'

/** Grows whenever colours may have changed. */
export const colourScheme = signal(0)

const known = new Map<string, string>()
let probe: HTMLElement | undefined

function forget(): void {
  known.clear()
  colourScheme.value++
}

export function colourOf(name: string): string {
  const before = known.get(name)
  if (before !== undefined) return before
  if (probe === undefined) {
    probe = document.createElement('i')
    probe.hidden = true
    document.body.append(probe)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', forget)
    new MutationObserver(forget).observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'style', 'data-theme', 'data-scheme'] })
  }
  probe.style.color = `var(${name})`
  const colour = getComputedStyle(probe).color
  known.set(name, colour)
  return colour
}
