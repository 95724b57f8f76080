// XML for the emulated signal system: just enough to take requests apart and to put answers together.

export interface Tree {
  name: string
  attributes: Map<string, string>
  kids: Tree[]
  value: string
}

const PLAIN: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

/** The first element of a text. Throws for what doesn't nest. */
export function treeOf(source: string): Tree {
  const top: Tree = { name: '', attributes: new Map(), kids: [], value: '' }
  const stack = [top]
  let at = 0
  while (at < source.length) {
    const open = source.indexOf('<', at)
    if (open < 0) break
    stack.at(-1)!.value += plain(source.slice(at, open)).trim()
    const close = source.indexOf('>', open)
    if (close < 0) throw new Error('a tag without end')
    const inside = source.slice(open + 1, close)
    at = close + 1
    if (inside.startsWith('?')) continue
    if (inside.startsWith('!')) throw new Error('no declarations here')
    if (inside.startsWith('/')) {
      if (stack.pop()!.name !== inside.slice(1).trim() || stack.length === 0) throw new Error(`</${inside.slice(1)}> closes nothing`)
      continue
    }
    const isEmpty = inside.endsWith('/')
    const tree = tagOf(isEmpty ? inside.slice(0, -1) : inside)
    stack.at(-1)!.kids.push(tree)
    if (!isEmpty) stack.push(tree)
  }
  if (stack.length !== 1 || top.kids.length === 0) throw new Error('elements left open')
  return top.kids[0]
}

function tagOf(inside: string): Tree {
  const [name, ...rest] = inside.trim().split(' ')
  const attributes = rest.filter((part) => part.includes('=')).map((part): [string, string] => { const cut = part.indexOf('='); return [part.slice(0, cut), plain(part.slice(cut + 2, -1))] })
  return { name, attributes: new Map(attributes), kids: [], value: '' }
}

const plain = (text: string): string => text.split('&').map((part, i) => { const end = part.indexOf(';'); return i === 0 ? part : (PLAIN[part.slice(0, end)] ?? '') + part.slice(end + 1) }).join('')

/** Down a path of names; an empty tree where there is none. */
export const down = (tree: Tree, ...path: string[]): Tree => path.reduce((one, name) => one.kids.find((kid) => kid.name === name) ?? { name, attributes: new Map(), kids: [], value: '' }, tree)

type Content = string | number | undefined | readonly string[]

/** Elements with text or with elements that are text already; undefined ones are left out. */
export const xml = (fields: Readonly<Record<string, Content>>): string => Object.entries(fields).filter(([, content]) => content !== undefined)
  .map(([name, content]) => `<${name}>${Array.isArray(content) ? content.join('') : guard(String(content))}</${name}>`).join('')

const guard = (text: string): string => text.split('&').join('&amp;').split('<').join('&lt;')
