// XML of one message as a tree: no DTD, no entities but the five that XML itself has, bounded; and text of trees.
import { SaxesParser } from 'saxes'
import { GreenwaveError } from '../../../model/errors.ts'

export interface XmlElement {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  /** That stands directly in it, without white space at its ends. */
  text: string
}

/** Elements inside each other, elements, attributes of one: more is no message, and only costs memory. */
const DEEPEST = 32
const MOST_ELEMENTS = 40_000
const MOST_ATTRIBUTES = 16

export const malformed = (what: string): GreenwaveError => new GreenwaveError('controller.malformed', `the signal system sent ${what}`)

/** Throws controller.malformed for whatever is no single well-formed element. */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: false, position: false })
  const open: XmlElement[] = []
  let [root, count]: [XmlElement | undefined, number] = [undefined, 0]
  parser.on('doctype', () => { throw malformed('a document type definition, which is not read') })
  parser.on('error', (error) => { throw malformed(`no well-formed XML: ${error.message.slice(0, 200)}`) })
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= DEEPEST) throw malformed(`elements more than ${DEEPEST} deep`)
    if (++count > MOST_ELEMENTS) throw malformed(`more than ${MOST_ELEMENTS} elements in a message`)
    if (Object.keys(attributes).length > MOST_ATTRIBUTES) throw malformed(`more than ${MOST_ATTRIBUTES} attributes in <${name}>`)
    const element = { name: localName(name), attributes, children: [], text: '' }
    if (open.length > 0) open.at(-1)!.children.push(element)
    else root = element
    open.push(element)
  })
  const add = (more: string): void => { if (open.length > 0) open.at(-1)!.text += more }
  parser.on('text', add)
  parser.on('cdata', add)
  parser.on('closetag', () => { const element = open.pop()!; element.text = element.text.trim() })
  try {
    parser.write(text).close()
  } catch (error) {
    throw error instanceof GreenwaveError ? error : malformed('what no XML parser takes')
  }
  if (root === undefined) throw malformed('no element')
  return root
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Throws controller.unfit for characters that XML has no way to say. */
export function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(text)) throw new GreenwaveError('controller.unfit', `${JSON.stringify(text.slice(0, 40))} has characters that XML can't carry`)
  return text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character]!)
}

/** `<name>content</name>` of content that is XML already; `<name/>` where it is empty. */
export const tag = (name: string, content: string): string => (content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`)

export const childOf = ({ children }: XmlElement, name: string): XmlElement | undefined => children.find((child) => child.name === name)
export const textOf = (element: XmlElement, name: string): string => childOf(element, name)?.text ?? ''
