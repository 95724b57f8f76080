import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { untilAborted } from './bytes.ts'

describe('reading until a signal', () => {
  it('holds nothing of what was read and let go, however long the signal lives', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const seen: WeakRef<Uint8Array>[] = []
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let k = 0; k < 50; k++) yield new Uint8Array(1000)
    }
    for await (const chunk of untilAborted(chunks(), new AbortController().signal)) {
      seen.push(new WeakRef(chunk))
      // Weak references hold on for the rest of a turn.
      await new Promise((resolve) => { setTimeout(resolve, 0) })
      if (seen.length === 50) collect()
    }
    expect(seen.filter((ref) => ref.deref() !== undefined).length).toBeLessThanOrEqual(2)
  })

  it('ends at once while it waits for what never comes, and gives nothing after', async () => {
    const controller = new AbortController()
    async function* stuck(): AsyncGenerator<number> {
      yield 1
      await new Promise(() => {})
    }
    const got: number[] = []
    setTimeout(() => controller.abort(), 5)
    for await (const value of untilAborted(stuck(), controller.signal)) got.push(value)
    expect(got).toEqual([1])
  })

  it('passes on what goes wrong while it waits', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1
      throw new Error('broken')
    }
    await expect((async () => { for await (const _ of untilAborted(broken(), new AbortController().signal)); })()).rejects.toThrow('broken')
  })
})
