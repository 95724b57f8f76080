// Bytes to and from a controller, over TCP or UDP. What is no frame ends in `onFrame` or is counted by whoever listens; nothing is decoded here.
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import { escapeFrame, FrameCutter } from './codec.ts'
import type { Link } from './config.ts'

export interface Ears {
  /** A frame without escapes, or a datagram. */
  frame(bytes: Buffer): void
  /** Bytes that are in no frame, and datagrams from elsewhere. */
  junk(bytes: Buffer): void
  closed(why: string): void
}

export interface Wire {
  /** In: a frame without escapes. Out: as it went. */
  send(frame: Buffer): Buffer
  close(): void
}

/** Rejects with the computer's own error. */
export const openWire = (link: Link, ears: Ears): Promise<Wire> => (link.transport === 'tcp' ? openStream(link, ears) : openDatagrams(link, ears))

function openStream({ host, port, timeout_ms }: Link, ears: Ears): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const cutter = new FrameCutter()
    const socket: Socket = connect({ host, port, noDelay: true }, () => {
      socket.setTimeout(0)
      resolve({ send: (frame) => { const bytes = escapeFrame(frame); socket.write(bytes); return bytes }, close: () => socket.destroy() })
    })
    socket.setTimeout(timeout_ms, () => socket.destroy(new Error(`no connection in ${timeout_ms} ms`)))
    socket.on('error', (error) => { reject(error); ears.closed(error.message) })
    socket.on('close', () => ears.closed('the connection was closed'))
    socket.on('data', (bytes) => {
      try {
        for (const frame of cutter.push(bytes)) ears.frame(frame)
        if (cutter.takeJunk() > 0) ears.junk(bytes)
      } catch {
        ears.junk(bytes)
        socket.destroy()
      }
    })
  })
}

function openDatagrams({ host, port, local_port }: Link, ears: Ears): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket: Datagrams = createSocket('udp4')
    let isConnected = false
    socket.on('error', (error) => { reject(error); ears.closed(error.message) })
    // Once it is connected, the computer lets in datagrams of the peer only.
    socket.on('message', (bytes) => { if (isConnected) ears.frame(bytes); else ears.junk(bytes) })
    socket.bind(local_port, () => {
      socket.connect(port, host, () => {
        isConnected = true
        resolve({ send: (frame) => { socket.send(frame); return frame }, close: () => { socket.close() } })
      })
    })
  })
}
