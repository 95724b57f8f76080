// A line to a worker: every question gets its answer. And the newest of many: while one is being answered, only the last that came meanwhile
// waits; whatever it overtook is told so at once. What was begun is still answered, else a hand that never rests would see nothing.
import { GreenwaveError, CATALOGUE, type ErrorCode } from '../../model/errors.ts'
import type { Answers, Asked, Question, Said } from './messages.ts'

/** As much of a Worker as is used. */
export interface Post {
  postMessage(message: Question, transfer: Transferable[]): void
  terminate(): void
  addEventListener(type: 'message', listener: (event: MessageEvent<Said>) => void): void
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void
}

interface Waiting {
  resolve: (value: never) => void
  reject: (reason: Error) => void
  onProgress?: ((share: number) => void) | undefined
}

export class Line {
  readonly #post: Post
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  constructor(post: Post) {
    this.#post = post
    post.addEventListener('message', ({ data }) => this.#hear(data))
    post.addEventListener('error', (event) => this.#fail(new Error(event.message || 'the engine could not be started')))
  }

  ask<K extends Asked['kind']>(asked: Extract<Asked, { kind: K }>, onProgress?: (share: number) => void): Promise<Answers[K]> {
    const id = ++this.#last
    return new Promise<Answers[K]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onProgress })
      this.#post.postMessage({ ...(asked as Asked), id }, [])
    })
  }

  close(reason: Error = new DOMException('the engine was closed', 'AbortError')): void {
    this.#post.terminate()
    this.#fail(reason)
  }

  #hear(said: Said): void {
    const waiting = this.#waiting.get(said.id)
    if (waiting === undefined) return
    if (said.kind === 'progress') return waiting.onProgress?.(said.share)
    this.#waiting.delete(said.id)
    if (said.kind === 'done') waiting.resolve(said.value as never)
    else waiting.reject(said.code !== undefined && said.code in CATALOGUE ? new GreenwaveError(said.code as ErrorCode, said.sentence) : new Error(said.sentence))
  }

  #fail(reason: Error): void {
    const all = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of all) reject(reason)
  }
}

/** `work` is never asked for two at once; a call that a newer one overtakes before its work began gives undefined. Answers come in order. */
export function newestOnly<Q, A>(work: (question: Q) => Promise<A>): (question: Q) => Promise<A | undefined> {
  let next: { question: Q; settle: (answer: Promise<A> | undefined) => void } | undefined
  let busy = false
  const begin = async (): Promise<void> => {
    busy = true
    while (next !== undefined) {
      const { question, settle } = next
      next = undefined
      const answer = work(question)
      settle(answer)
      await answer.catch(() => {})
    }
    busy = false
  }
  return (question) => new Promise((resolve) => {
    next?.settle(undefined)
    next = { question, settle: resolve }
    if (!busy) void begin()
  })
}
