// The full XML parser behind the handlers of a file: its faults become errors with file and line.
import { SaxesParser } from 'saxes'
import { GreenwaveError } from '../../../model/errors.ts'
import { XmlElement } from './xml-element.ts'
import type { XmlHandlers } from './xml-stream.ts'

/** Parser errors carry "line:column: " in front; the place says the line already. */
const bare = (message: string): string => message.replace(/^(?:[^:]*:)?\d+:\d+: /, '').replace(/\.$/, '')

export class FullXml {
  readonly #file: string
  readonly #parser = new SaxesParser({ xmlns: false, position: true })
  #depth = 0
  #ending = false

  constructor(file: string, handlers: XmlHandlers) {
    this.#file = file
    this.#parser.on('opentag', (tag) => {
      const element = new XmlElement(file, tag.name, tag.attributes, this.#parser.line)
      this.#depth++
      if (this.#depth === 1) handlers.root(element)
      else handlers.open(element)
    })
    this.#parser.on('closetag', (tag) => {
      this.#depth--
      handlers.close(tag.name)
    })
    this.#parser.on('error', (error) => {
      const place = { file, line: this.#parser.line }
      const open = /^unclosed tag: (.*)$/.exec(bare(error.message))?.[1]
      if (open !== undefined) throw new GreenwaveError('input.truncated', `the file ends before <${open}> is closed`, place)
      if (this.#ending) throw new GreenwaveError('input.truncated', `the file ends in the middle (${bare(error.message)})`, place)
      throw new GreenwaveError('input.syntax', `this is not well-formed XML (${bare(error.message)})`, place)
    })
  }

  write(text: string): void {
    this.#parser.write(text)
  }

  end(): void {
    this.#ending = true
    if (this.#depth > 0) {
      throw new GreenwaveError('input.truncated', `the file ends with ${this.#depth} element(s) still open`, { file: this.#file, line: this.#parser.line })
    }
    this.#parser.close()
  }
}
