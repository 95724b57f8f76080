// Elements without a framework. Text is set as text, so nothing that the service says becomes markup.
type Child = Node | string | undefined

export function make<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Record<string, string | boolean> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'string') made.setAttribute(key, value)
    else made.toggleAttribute(key, value)
  }
  made.append(...children.filter((child) => child !== undefined))
  return made
}

export function button(text: string, press: () => void, attributes: Record<string, string | boolean> = {}): HTMLButtonElement {
  const made = make('button', { type: 'button', ...attributes }, text)
  made.addEventListener('click', press)
  return made
}

export const byId = (id: string): HTMLElement => document.getElementById(id)!

/** Replaces what is inside only where it differs: what is being read or pressed stays. */
export function fill(into: Element, ...children: Child[]): void {
  const next = make('div', {}, ...children)
  if (next.innerHTML === into.innerHTML) return
  into.replaceChildren(...next.childNodes)
}
