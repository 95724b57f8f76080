// A thread that does sums, one after the other.
import { parentPort, workerData } from 'node:worker_threads'
import { GreenwaveError } from '../../model/errors.ts'
import type { Network } from '../../model/network.ts'
import type { FromSums, ToSums } from './messages.ts'
import { openSums, type Sums } from './sums.ts'

const port = parentPort
if (port === null) throw new GreenwaveError('internal', 'sums are done beside only as a worker thread')

let sums: Sums | undefined

port.on('message', async ({ ticket, sum, asked }: ToSums) => {
  try {
    // Not above: a network that can't be planned on fails whoever asks.
    sums ??= openSums(workerData as Network)
    port.postMessage({ ticket, answer: await (sums[sum] as (given: unknown) => unknown)(asked) } satisfies FromSums)
  } catch (error) {
    const [code, message, stack] = error instanceof Error ? [error instanceof GreenwaveError ? error.code : undefined, error.message, error.stack] : [undefined, String(error), undefined]
    port.postMessage({ ticket, failed: { code, message, stack } } satisfies FromSums)
  }
})
