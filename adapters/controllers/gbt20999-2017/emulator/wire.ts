// What an emulated controller reads and says, written from the standard's own table of bytes and not from the adapter: numbers are put together as hex text, the CRC goes by a table.

export interface Dialect {
  /** CRC polynomial and initial value. */
  crc: readonly [polynomial: number, initial: number]
  /** The length counts all but this many bytes of the frame: 4, with some vendors 6. */
  uncounted: 4 | 6
  version: '0100' | '0102'
  /** Arrays are stored last element first. */
  reversed: boolean
  /** What a yes to a set repeats. */
  repeats: 'nothing' | 'addresses' | 'values'
  heartbeat_count: boolean
}

export interface Value {
  index: number
  /** class, object, attribute, element as eight hex digits. */
  at: string
  hex: string
}

export interface Message {
  /** host, controller and intersection: twelve hex digits. */
  who: string
  sequence: number
  type: number
  values: Value[]
}

const two = (value: number): string => value.toString(16).padStart(2, '0')
const four = (value: number): string => value.toString(16).padStart(4, '0')

const TABLES = new Map<number, number[]>()

function tableOf(polynomial: number): number[] {
  const known = TABLES.get(polynomial) ?? Array.from({ length: 256 }, (_, top) => Array.from({ length: 8 }).reduce<number>((crc) => (crc & 0x8000 ? crc * 2 ^ polynomial : crc * 2) & 0xffff, top * 256))
  TABLES.set(polynomial, known)
  return known
}

function remainder(hex: string, [polynomial, initial]: Dialect['crc']): number {
  const table = tableOf(polynomial)
  return Buffer.from(hex, 'hex').reduce((crc, byte) => ((crc * 256) & 0xffff) ^ table[(crc >> 8) ^ byte]!, initial)
}

/** A whole frame without escapes. */
export function say({ who, sequence, type, values }: Message, dialect: Dialect): Buffer {
  const isBare = !dialect.heartbeat_count && values.length === 0 && type >= 0x70
  const rest = `${dialect.version}${who}${two(sequence)}${two(type)}${isBare ? '' : two(values.length)}${values.map(({ index, at, hex }) => two(index) + two(4 + hex.length / 2) + at + hex).join('')}`
  // Start, length, rest, CRC, end.
  const counted = `${four(1 + 2 + rest.length / 2 + 2 + 1 - dialect.uncounted)}${rest}`
  return Buffer.from(`7e${counted}${four(remainder(counted, dialect.crc))}7d`, 'hex')
}

/** Undefined for what is no request of this dialect. */
export function hear(frame: Buffer, dialect: Dialect): Message | undefined {
  const hex = frame.toString('hex')
  const match = /^7e(....)(....)(.{12})(..)(..)(.*)(....)7d$/.exec(hex)
  if (match === null) return undefined
  const [, length, version, who, sequence, type, body, crc] = match as unknown as string[]
  if (Number.parseInt(length!, 16) !== frame.length - dialect.uncounted || version !== dialect.version || Number.parseInt(crc!, 16) !== remainder(hex.slice(2, -6), dialect.crc)) return undefined
  const values: Value[] = []
  for (let rest = body!.slice(2); rest !== '';) {
    const end = 4 + Number.parseInt(rest.slice(2, 4), 16) * 2
    values.push({ index: Number.parseInt(rest.slice(0, 2), 16), at: rest.slice(4, 12), hex: rest.slice(12, end) })
    rest = rest.slice(end)
  }
  return { who: who!, sequence: Number.parseInt(sequence!, 16), type: Number.parseInt(type!, 16), values }
}

/** For streams: 5c before 7e, 7d and 5c between the ends. */
export const stuff = (frame: Buffer): Buffer => Buffer.from(`7e${frame.toString('hex').slice(2, -2).replaceAll(/(..)/g, (byte) => (['7e', '7d', '5c'].includes(byte) ? `5c${byte}` : byte))}7d`, 'hex')

/** Frames in a stream without their escapes, and what is left over. */
export function unstuff(hex: string): { frames: Buffer[]; rest: string } {
  const frames: Buffer[] = []
  let rest = hex
  for (;;) {
    const match = /^7e((?:5c..|(?!5c|7d)..)*)7d/.exec(rest)
    if (match === null) return { frames, rest }
    frames.push(Buffer.from(`7e${(match[1] as string).replaceAll(/5c(..)|(..)/g, '$1$2')}7d`, 'hex'))
    rest = rest.slice(match[0].length)
  }
}
