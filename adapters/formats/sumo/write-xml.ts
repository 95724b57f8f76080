// Small helpers to write XML: escaped attributes and numbers without dust.
const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;', '\t': '&#9;' }

const escapeAttribute = (text: string): string => text.replace(/[&<>"\n\t]/g, (character) => ESCAPES[character] ?? character)

/** Up to three decimals: SUMO counts time in milliseconds. */
export const decimal = (value: number): string => String(Math.round(value * 1000) / 1000 + 0)

/** `<name a="1" b="2"/>`; undefined attributes are left out. */
export function tag(name: string, attributes: Record<string, string | number | undefined>, close = true): string {
  const parts = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${typeof value === 'number' ? decimal(value) : escapeAttribute(value)}"`])
  return `<${name}${parts.join('')}${close ? '/>' : '>'}`
}

export const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
