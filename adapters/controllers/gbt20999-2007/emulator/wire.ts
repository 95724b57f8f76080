// Messages of GB/T 20999-2007 as a controller sees them: cut out of hex by the text of the standard, with nothing of the adapter's codec.

export interface Asked {
  /** First byte of the object. */
  id: string
  indexes: number[]
  /** What follows the indexes, hex; of a query nothing. */
  rest: string
}

export interface Request {
  operation: 'query' | 'set'
  asked: Asked[]
}

const numberAt = (hex: string, byte: number): number => Number.parseInt(hex.slice(byte * 2, byte * 2 + 2), 16)

/** Undefined for what is no request. A set has one object. */
export function hear(hex: string): Request | undefined {
  const head = numberAt(hex, 0)
  const operation = (['query', 'set'] as const)[head % 16]
  if (hex.length < 6 || head < 128 || operation === undefined) return undefined
  let left = hex.slice(2)
  const asked: Asked[] = []
  for (let i = 0; i <= ((head >> 4) & 7); i++) {
    if (left.length < 4) return undefined
    const count = numberAt(left, 1) >> 6
    asked.push({ id: left.slice(0, 2), indexes: Array.from({ length: count }, (_, at) => numberAt(left, 2 + at)), rest: operation === 'set' ? left.slice(4 + count * 2) : '' })
    left = operation === 'set' ? '' : left.slice(4 + count * 2)
  }
  return left === '' ? { operation, asked } : undefined
}

const sayHex = (value: number): string => value.toString(16).padStart(2, '0')
export const sayValues = (values: readonly { id: string; hex: string }[]): string => sayHex(0x84 + (values.length - 1) * 16) + values.map(({ id, hex }) => `${id}00${hex}`).join('')
export const saySet = (id: string): string => `85${id}00`
export const sayError = (code: number, index: number): string => `86${sayHex(code)}${sayHex(index)}`
