// Colours of the diagram as the style sheet has them, resolved for the canvas; read anew when light and dark change.
export const NAMES = ['ground', 'ink', 'quiet', 'rule', 'strong', 'green', 'single', 'yellow', 'clearance', 'red', 'free', 'outbound', 'inbound', 'select', 'ghost', 'queue', 'spill', 'now', 'gain', 'loss', 'stops0', 'stops1', 'stops2', 'stops3'] as const
export type Colours = Record<(typeof NAMES)[number], string>

export function readColours(root: HTMLElement): Colours {
  const probe = document.createElement('span')
  probe.hidden = true
  root.append(probe)
  const colours = Object.fromEntries(NAMES.map((name) => {
    probe.style.color = `var(--ts-${name})`
    return [name, getComputedStyle(probe).color]
  })) as Colours
  probe.remove()
  return colours
}

const channels = (colour: string): number[] => (/[\d.]+/g[Symbol.match](colour) ?? []).slice(0, 3).map(Number)

/** A few dozen in all, asked for many times a frame. */
const faded = new Map<string, string>()

export function withAlpha(colour: string, alpha: number): string {
  const key = `${alpha} ${colour}`
  const known = faded.get(key) ?? `rgb(${channels(colour).join(' ')} / ${alpha})`
  faded.set(key, known)
  return known
}
