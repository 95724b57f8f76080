// The objects of a JSON document one by one, without the whole document in memory: the items of its array, or of arrays that are fields of
// the document. What is outside strings and brackets is all that is looked at; each object is parsed by whoever takes it.

/** No item of a feed is longer. */
const LONGEST = 1_000_000

export interface JsonItem {
  text: string
  /** `item` of an array, `field` of the document itself (a header). */
  kind: 'item' | 'field'
}

/** Takes text in pieces, gives whole objects. */
export class JsonItems {
  /** Characters of an item that has begun; more than 0 at the end of a source means that it was cut off. */
  get pending(): number {
    return this.#item.length
  }

  /** Items that were too long and left out. */
  skipped = 0
  // Brackets that are open above the item, and how many in it.
  readonly #open: string[] = []
  #depth = 0
  #kind: JsonItem['kind'] = 'item'
  #item = ''
  #inString = false
  #escaped = false
  #skipping = false

  push(text: string): JsonItem[] {
    const items: JsonItem[] = []
    let from = 0
    for (let i = 0; i < text.length; i++) {
      const c = text[i]!
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (c === '\\') this.#escaped = true
        else if (c === '"') this.#inString = false
      } else if (c === '"') this.#inString = true
      else if (c === '{' || c === '[') {
        if (this.#depth > 0) this.#depth++
        else if (c === '{' && this.#begins()) {
          this.#depth = 1
          from = i
        } else this.#open.push(c)
      } else if (c === '}' || c === ']') {
        if (this.#depth === 0) this.#open.pop()
        else if (--this.#depth === 0) {
          this.#end(text.slice(from, i + 1), items)
        }
      }
    }
    if (this.#depth > 0) this.#keep(text.slice(from))
    return items
  }

  /** True where an object that opens here is an item, or a field of the document. */
  #begins(): boolean {
    const top = this.#open.at(-1)
    this.#kind = top === '[' ? 'item' : 'field'
    return top === '[' || (top === '{' && this.#open.length === 1)
  }

  #keep(text: string): void {
    if (this.#skipping) return
    this.#item += text
    if (this.#item.length <= LONGEST) return
    this.#skipping = true
    this.#item = ''
  }

  #end(text: string, items: JsonItem[]): void {
    if (this.#skipping) this.skipped++
    else items.push({ text: this.#item + text, kind: this.#kind })
    this.#skipping = false
    this.#item = ''
  }
}
