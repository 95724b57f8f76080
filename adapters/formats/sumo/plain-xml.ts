// Plain XML, read fast: tags with ASCII names and quoted attributes, white space and comments between them, as SUMO and most
// programs write it. Whatever else XML knows (entities, text, CDATA, other line ends, faults of any kind) is not judged
// here: `take` answers false, and the full parser reads the file instead.
export interface PlainXmlHandlers {
  open(name: string, attributes: Record<string, string>, line: number): void
  close(name: string): void
}

const NAME = String.raw`[A-Za-z_][\w.:-]*`
const SPACE = String.raw`[ \n\t]`
const VALUE = String.raw`(?:"[^"<&\n\t]*"|'[^'<&\n\t]*')`
const TAG = new RegExp(`<(?:/(${NAME})${SPACE}*>|(${NAME})((?:${SPACE}+${NAME}${SPACE}*=${SPACE}*${VALUE})*)${SPACE}*(/?)>)`, 'y')
const ATTRIBUTE = new RegExp(`${SPACE}+(${NAME})${SPACE}*=${SPACE}*(?:"([^"]*)"|'([^']*)')`, 'y')
const DECLARATION = /^<\?xml version="1\.0"(?: encoding="[A-Za-z][\w.-]*")?(?: standalone="(?:yes|no)")? *\?>/
const BETWEEN = /[ \n\t]*/y
const BLANK = /^[ \n\t]*$/
const COMMENT = '<!--'
/** Control characters, carriage returns, and what needs two code units. */
// oxlint-disable-next-line no-control-regex
const UNUSUAL = /[^\n\t -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufffd]/
/** A tag or comment longer than this is left to the full parser. */
const LONGEST = 64 * 1024

export class PlainXml {
  readonly #handlers: PlainXmlHandlers
  readonly #open: string[] = []
  #rest = ''
  #line = 1
  #begun = false
  #rooted = false
  /** Opened and closed elements handed on so far. */
  told = 0

  constructor(handlers: PlainXmlHandlers) {
    this.#handlers = handlers
  }

  /** Hands on what is complete in the next piece of the file; false where it holds something that is not plain. */
  take(piece: string): boolean {
    if (UNUSUAL.test(piece)) return false
    const text = this.#rest + piece
    let at = 0
    if (!this.#begun) {
      at = DECLARATION.exec(text)?.[0].length ?? 0
      this.#begun = true
      this.#line += newLines(text, 0, at)
    }
    for (;;) {
      BETWEEN.lastIndex = at
      BETWEEN.test(text)
      TAG.lastIndex = BETWEEN.lastIndex
      const tag = TAG.exec(text)
      const next = tag === null ? endOfComment(text, BETWEEN.lastIndex) : TAG.lastIndex
      if (next === -1) break
      this.#line += newLines(text, at, next)
      at = next
      if (tag !== null && !this.#tell(tag)) return false
    }
    this.#rest = text.slice(at)
    return this.#rest.length < LONGEST
  }

  /** True where the file is complete. */
  end(): boolean {
    return this.#rooted && this.#open.length === 0 && BLANK.test(this.#rest)
  }

  #tell([, closed, opened, attributes, empty]: RegExpExecArray): boolean {
    if (closed !== undefined) {
      if (this.#open.pop() !== closed) return false
      this.#close(closed)
    } else if (opened !== undefined) {
      if (this.#open.length === 0 && this.#rooted) return false
      const values = attributesOf(attributes!)
      if (values === undefined) return false
      this.#rooted = true
      this.told++
      this.#handlers.open(opened, values, this.#line)
      if (empty === '/') this.#close(opened)
      else this.#open.push(opened)
    }
    return true
  }

  #close(name: string): void {
    this.told++
    this.#handlers.close(name)
  }
}

/** Undefined where one is there twice. */
function attributesOf(text: string): Record<string, string> | undefined {
  const values = Object.create(null) as Record<string, string>
  ATTRIBUTE.lastIndex = 0
  for (let found = ATTRIBUTE.exec(text); found !== null; found = ATTRIBUTE.exec(text)) {
    const name = found[1]!
    if (values[name] !== undefined) return undefined
    values[name] = found[2] ?? found[3]!
  }
  return values
}

/** Where the comment that begins at `at` ends, -1 where there is none or it is not complete. */
function endOfComment(text: string, at: number): number {
  if (!text.startsWith(COMMENT, at)) return -1
  const dashes = text.indexOf('--', at + COMMENT.length)
  return dashes !== -1 && text[dashes + 2] === '>' ? dashes + 3 : -1
}

function newLines(text: string, from: number, to: number): number {
  let lines = 0
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
