// The few pieces of SVG that the painters need. Coordinates are pixels, rounded to a tenth, so that the same scene
// gives the same bytes. No style attribute, script or reference leaves this file: the picture passes any policy.

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text made safe for element content and attribute values of XML and HTML; characters XML forbids become U+FFFD. */
export function escapeText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what must not reach the document
  return text.replace(/[&<>"']/g, (c) => ENTITIES[c] as string).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '\ufffd')
}

/** A coordinate: tenths of a pixel, without trailing zero or minus zero. */
export const px = (value: number): string => String(Math.round(value * 10) / 10 + 0)

export type Attributes = Record<string, string | number | undefined>

/** One element; numbers are rounded to tenths, `children` are markup that is already safe. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? px(value) : escapeText(value as string)}"`)
    .join('')
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`
}

/** A text element; its content is escaped here. */
export const text = (content: string, attributes: Attributes): string => element('text', attributes, escapeText(content))

export type PixelPoint = readonly [x: number, y: number]

/** Data of one subpath in relative tenths of a pixel: short, and without drift because each point is rounded first. */
export function subpath(points: readonly PixelPoint[], closed = false): string {
  let [lastX, lastY] = [0, 0]
  let data = ''
  points.forEach(([px_x, px_y], i) => {
    const [x, y] = [Math.round(px_x * 10), Math.round(px_y * 10)]
    if (i > 0 && x === lastX && y === lastY) return
    data += `${i === 0 ? 'M' : 'l'}${tenths(x - lastX)}${separated(tenths(y - lastY))}`
    ;[lastX, lastY] = [x, y]
  })
  return closed ? `${data}z` : data
}

function tenths(value: number): string {
  return String(value / 10).replace(/^(-?)0\./, '$1.')
}

const separated = (number: string): string => (number.startsWith('-') ? number : ` ${number}`)
