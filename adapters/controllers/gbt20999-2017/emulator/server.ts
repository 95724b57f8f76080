// The lines of an emulated controller: TCP with escapes, UDP without.
import { createSocket, type RemoteInfo, type Socket as Datagrams } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import type { GbDevice } from './device.ts'
import { hear, say, stuff, unstuff } from './wire.ts'

export class GbServer {
  readonly #gb: GbDevice
  readonly #streams: Server
  readonly #datagrams: Datagrams = createSocket('udp4')
  readonly #sockets = new Set<Socket>()
  #peer: RemoteInfo | undefined

  constructor(gb: GbDevice) {
    this.#gb = gb
    this.#streams = createServer((socket) => this.#accept(socket))
    this.#datagrams.on('message', (bytes, from) => {
      this.#peer = from
      this.#serve(bytes, (answer) => { this.#datagrams.send(answer, from.port, from.address) }, () => undefined)
    })
  }

  async listen(): Promise<{ tcp: number; udp: number }> {
    await new Promise<void>((resolve) => { this.#streams.listen(0, '127.0.0.1', resolve) })
    await new Promise<void>((resolve) => { this.#datagrams.bind(0, '127.0.0.1', resolve) })
    const address = this.#streams.address()
    return { tcp: typeof address === 'object' && address !== null ? address.port : 0, udp: this.#datagrams.address().port }
  }

  /** Says something that nobody asked for. */
  shout(bytes: string | Uint8Array): void {
    for (const socket of this.#sockets) socket.write(bytes)
    if (this.#peer !== undefined) this.#datagrams.send(bytes, this.#peer.port, this.#peer.address)
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => { this.#datagrams.close(() => resolve()) })
    await new Promise<void>((resolve) => { this.#streams.close(() => resolve()) })
  }

  #accept(socket: Socket): void {
    let left = ''
    this.#sockets.add(socket)
    socket.setNoDelay(true).on('close', () => this.#sockets.delete(socket)).on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      const { frames, rest } = unstuff(left + bytes.toString('hex'))
      left = rest
      for (const frame of frames) this.#serve(frame, (answer) => { if (!socket.destroyed) socket.write(stuff(answer)) }, () => socket.destroy())
    })
  }

  #serve(frame: Buffer, send: (answer: Buffer) => void, cut: () => void): void {
    const { device, dialect } = this.#gb
    const message = hear(frame, dialect)
    if (message === undefined) return
    const kind = this.#gb.kindOf(message)
    const restarts = device.restarts
    if (!device.faults.arrives(kind)) return
    // Whoever loses power answers nothing.
    if (device.restarts !== restarts) { cut(); return }
    const answer = this.#gb.answer(message)
    if (answer !== undefined) device.faults.deliver(kind, () => send(say(answer, dialect)))
  }
}
