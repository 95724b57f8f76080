// XML as a tree: written with prefixes and escaped, read back without them.
import { SaxesParser } from 'saxes'
import { GreenwaveError } from '../../../model/errors.ts'

export interface XmlElement {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
}

type Child = XmlElement | undefined | readonly (XmlElement | undefined)[]
type Attributes = Readonly<Record<string, string | number | undefined>>

/** An element of elements; undefined ones vanish, so that what is missing is left out. */
export const node = (name: string, attributes: Attributes, ...children: readonly Child[]): XmlElement => ({
  name, attributes: Object.fromEntries(Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]))), children: children.flat().filter((child) => child !== undefined), text: '',
})

/** An element of text; undefined where there is none. */
export const leaf = <T extends string | number | undefined>(name: string, value: T): T extends undefined ? undefined : XmlElement =>
  (value === undefined ? undefined : { name, attributes: {}, children: [], text: String(value) }) as never

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;', '\r': '&#13;', '\t': '&#9;' }
// What XML 1.0 has no way to say is left out.
// eslint-disable-next-line no-control-regex
const escape = (text: string): string => text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replaceAll(/[&<>"\n\r\t]/g, (character) => ESCAPES[character]!)

/** Piece by piece, so that a long publication need not be one string. */
export function* xmlPieces(root: XmlElement, depth = 0): Generator<string> {
  const pad = ' '.repeat(depth)
  const open = `${pad}<${root.name}${Object.entries(root.attributes).map(([key, value]) => ` ${key}="${escape(value)}"`).join('')}`
  if (root.children.length === 0) {
    yield root.text === '' ? `${open}/>\n` : `${open}>${escape(root.text)}</${root.name}>\n`
    return
  }
  yield `${open}>\n`
  for (const child of root.children) yield* xmlPieces(child, depth + 1)
  yield `${pad}</${root.name}>\n`
}

export const xmlText = (root: XmlElement): string => `<?xml version="1.0" encoding="UTF-8"?>\n${[...xmlPieces(root)].join('')}`

/** Names without their prefixes; `xsi:type` as it is written. Throws input.syntax with the line. */
export function parseXml(text: string, file: string): XmlElement {
  const parser = new SaxesParser({ xmlns: false, position: true })
  const open: XmlElement[] = []
  let root: XmlElement | undefined
  const refuse = (why: string): never => { throw new GreenwaveError('input.syntax', why, { file, line: parser.line }) }
  parser.on('error', (error) => refuse(error.message))
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length > 60) refuse('elements stand more than 60 deep')
    const element: XmlElement = { name: localName(name), attributes: attributes as Record<string, string>, children: [], text: '' }
    open.at(-1)?.children.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('text', (piece) => {
    const top = open.at(-1)
    if (top !== undefined) top.text += piece
  })
  parser.on('closetag', () => {
    const closed = open.pop()!
    if (closed.children.length > 0) closed.text = ''
  })
  parser.write(text).close()
  return root ?? refuse('there is no element in it')
}

export const localName = (name: string): string => name.slice(name.indexOf(':') + 1)
export const typeOf = (element: XmlElement): string => localName(element.attributes['xsi:type'] ?? '')
export const childOf = (element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined => path.reduce((at: XmlElement | undefined, name) => at?.children.find((child) => child.name === name), element)
export const childrenOf = (element: XmlElement, name: string): XmlElement[] => element.children.filter((child) => child.name === name)
export const textOf = (element: XmlElement | undefined, ...path: readonly string[]): string | undefined => childOf(element, ...path)?.text
