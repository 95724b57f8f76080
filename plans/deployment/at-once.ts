import { setMaxListeners } from 'node:events'

/** A signal that many controllers listen to at once: Node takes more than ten listeners for a leak and says so on stderr. */
export function heardByMany(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal)
  return signal
}

/**
 * Runs the work on all items, at most so many at once, and answers in their order. Where one throws the others still come to their end, since each
 * may be in the middle of a write; then the first error is thrown.
 */
export async function atOnce<T, R>(items: readonly T[], most: number, work: (item: T, index: number) => Promise<R>, onError: () => void = () => {}): Promise<R[]> {
  const done: R[] = []
  const errors: unknown[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) {
      try {
        done[i] = await work(items[i]!, i)
      } catch (error) {
        errors.push(error)
        onError()
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(Math.max(1, most), items.length) }, worker))
  if (errors.length > 0) throw errors[0]
  return done
}

/** In the order in which each key comes first. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...groups.get(keyOf(item)) ?? [], item])
  return [...groups.values()]
}
