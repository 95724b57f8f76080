// A worker thread with a share of the vehicles: the network once, then batches in their order.
import { parentPort } from 'node:worker_threads'
import { GreenwaveError } from '../../model/errors.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { unpackColumns } from './fix-columns.ts'
import { LiveMatcher } from './live-matcher.ts'
import { matchBatch } from './matching.ts'
import type { FromMatcher, Placing, ToMatcher } from './messages.ts'

const port = parentPort!
let matcher: LiveMatcher | undefined
const tell = (message: FromMatcher, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)

port.on('message', (message: ToMatcher) => {
  if ('network' in message) {
    try {
      matcher = new LiveMatcher(new RoadGraph(message.network))
      tell({ ready: true })
    } catch (error) {
      tell({ failed: error instanceof Error ? error.message : String(error) })
    }
    return
  }
  const placed = message.batches.map(({ feed, fixes }): Placing => {
    const one = matchBatch(matcher!, { feed, fixes: unpackColumns(fixes) })
    if (!('error' in one)) return one
    const { error } = one
    return { code: error instanceof GreenwaveError ? error.code : 'internal', sentence: error instanceof Error ? error.message : String(error) }
  })
  tell({ ticket: message.ticket, placed }, placed.flatMap((one) => ('code' in one ? [] : [one.link.buffer, one.places.buffer, one.links.buffer, one.movements.buffer])))
})
