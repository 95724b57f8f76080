// Elements made once and written into for weeks: text and classes change only where they differ, so that a quiet wall costs nothing.
export function make(name: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...children)
  return made
}

export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

export function look(element: Element, className: string): void {
  if (element.getAttribute('class') !== className) element.setAttribute('class', className)
}

export function hide(element: HTMLElement, hidden: boolean): void {
  if (element.hidden !== hidden) element.hidden = hidden
}
