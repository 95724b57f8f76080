// The line of an emulated controller: datagrams, each a request or nothing.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import type { Gb2007Device } from './device.ts'
import { hear } from './wire.ts'

export class Gb2007Server {
  readonly #gb: Gb2007Device
  readonly #socket: Socket = createSocket('udp4')
  #peer: RemoteInfo | undefined
  #isClosed = false

  constructor(gb: Gb2007Device) {
    this.#gb = gb
    this.#socket.on('message', (bytes, from) => {
      this.#peer = from
      this.#serve(bytes.toString('hex'), (answer) => { if (!this.#isClosed) this.#socket.send(Buffer.from(answer, 'hex'), from.port, from.address) })
    })
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => { this.#socket.bind(0, '127.0.0.1', resolve) })
    return this.#socket.address().port
  }

  /** Says something that nobody asked for. */
  shout(bytes: string | Uint8Array): void {
    if (this.#peer !== undefined) this.#socket.send(bytes, this.#peer.port, this.#peer.address)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await new Promise<void>((resolve) => { this.#socket.close(() => resolve()) })
  }

  #serve(hex: string, send: (answer: string) => void): void {
    const { device } = this.#gb
    const request = hear(hex)
    if (request === undefined) return
    const kind = this.#gb.kindOf(request)
    const restarts = device.restarts
    // Whoever loses power answers nothing.
    if (!device.faults.arrives(kind) || device.restarts !== restarts) return
    const answer = this.#gb.answer(request)
    device.faults.deliver(kind, () => send(answer))
  }
}
