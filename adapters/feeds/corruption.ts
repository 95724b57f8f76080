// Corruption of text and bytes by a seed, for tests of feeds: what broken loggers, full disks and merged files do.
const FEED = 0x0a

/** A copy with one to three things broken. The same seed breaks the same things. */
export function corrupt(bytes: Uint8Array, seed: number): Uint8Array {
  const random = sequence(seed)
  let broken = Uint8Array.from(bytes)
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) broken = Uint8Array.from(BREAKS[Math.floor(random() * BREAKS.length)]!(broken, random))
  return broken
}

type Random = () => number
type Break = (bytes: Uint8Array, random: Random) => Uint8Array | number[]

/** Mulberry32, by Tommy Ettinger (public domain). */
function sequence(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const place = (bytes: Uint8Array, random: Random): number => Math.floor(random() * (bytes.length + 1))
const span = (bytes: Uint8Array, random: Random, most = 200): [number, number] => {
  const from = place(bytes, random)
  return [from, Math.min(bytes.length, from + 1 + Math.floor(random() * most))]
}

const joined = (...parts: (Uint8Array | readonly number[])[]): Uint8Array => Buffer.concat(parts.map((part) => Uint8Array.from(part)))

function lines(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = []
  for (let from = 0; from < bytes.length;) {
    const at = bytes.indexOf(FEED, from)
    const to = at < 0 ? bytes.length : at + 1
    found.push(bytes.subarray(from, to))
    from = to
  }
  return found
}

const BREAKS: readonly Break[] = [
  // The end is missing.
  (bytes, random) => bytes.subarray(0, place(bytes, random)),
  // The beginning is missing.
  (bytes, random) => bytes.subarray(place(bytes, random)),
  // A hole.
  (bytes, random) => {
    const [from, to] = span(bytes, random)
    return joined(bytes.subarray(0, from), bytes.subarray(to))
  },
  // Noise written over a span.
  (bytes, random) => {
    const [from, to] = span(bytes, random, 40)
    return bytes.map((value, i) => (i >= from && i < to ? Math.floor(random() * 256) : value))
  },
  // One bit.
  (bytes, random) => {
    const at = place(bytes, random)
    return bytes.map((value, i) => (i === at ? value ^ (1 << Math.floor(random() * 8)) : value))
  },
  // A block twice.
  (bytes, random) => {
    const [from, to] = span(bytes, random)
    return joined(bytes.subarray(0, to), bytes.subarray(from, to), bytes.subarray(to))
  },
  // Two writers at once: a line inside another.
  (bytes, random) => {
    const [at, [from, to]] = [place(bytes, random), span(bytes, random)]
    return joined(bytes.subarray(0, at), bytes.subarray(from, to), bytes.subarray(at))
  },
  // Lines in another order.
  (bytes, random) => {
    const all = lines(bytes)
    const [a, b] = [Math.floor(random() * all.length), Math.floor(random() * all.length)]
    return joined(...all.map((line, i) => (i === a ? all[b]! : i === b ? all[a]! : line)))
  },
  // Digits replaced: times backwards, places far away, 1970 and 2106.
  (bytes, random) => {
    const share = random() * 0.05
    return bytes.map((value) => (value >= 0x30 && value <= 0x39 && random() < share ? 0x30 + Math.floor(random() * 10) : value))
  },
  // Fields of a line the other way round.
  (bytes, random) => {
    const all = lines(bytes)
    const at = Math.floor(random() * all.length)
    const turned = (line: Uint8Array): Uint8Array => new TextEncoder().encode(`${new TextDecoder('latin1').decode(line).trimEnd().split(',').reverse().join(',')}\n`)
    return joined(...all.map((line, i) => (i === at ? turned(line) : line)))
  },
  // Zeros of a page that was never written.
  (bytes, random) => {
    const at = place(bytes, random)
    return joined(bytes.subarray(0, at), new Uint8Array(1 + Math.floor(random() * 4096)), bytes.subarray(at))
  },
  // Line ends of another system.
  (bytes) => joined(...lines(bytes).flatMap((line) => (line.at(-1) === FEED ? [line.subarray(0, -1), [0x0d, FEED]] : [line]))),
]
