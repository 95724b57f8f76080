// A thread in which one street is simulated, so that whoever answers requests never waits for it.
import { parentPort, workerData } from 'node:worker_threads'
import { GreenwaveError } from '../../model/errors.ts'
import type { FromStreet, StreetOf, Told, ToStreet } from './messages.ts'
import { StreetTeller } from './teller.ts'

const port = parentPort
if (port === null) throw new GreenwaveError('internal', 'the simulated street runs only as a worker thread')

const teller = new StreetTeller((workerData as StreetOf).scenario)
const NOTHING: Told = { csv: new Uint8Array(), fixes: 0, driving: 0, over: false }

port.on('message', (message: ToStreet) => {
  try {
    if ('begin' in message) teller.begin(message.begin)
    port.postMessage({ ticket: message.ticket, told: 'begin' in message ? NOTHING : teller.advance(message.advance_to) } satisfies FromStreet)
  } catch (error) {
    port.postMessage({ ticket: message.ticket, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies FromStreet)
  }
})
