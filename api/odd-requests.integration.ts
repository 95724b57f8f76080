// Ten thousand odd requests, and what comes over a real socket: broken HTTP, endless headers, senders that are too slow.
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { apiTown } from '../test/api-town.ts'
import { fuzzApi } from '../test/fuzz-api.ts'
import { everyRoute } from './document.ts'
import { closeWorlds, world, type World } from './testing.ts'

afterEach(closeWorlds)

describe('ten thousand odd requests', () => {
  it('meet no failure of ours, and who is refused has changed nothing', async () => {
    const { requests, statuses } = await fuzzApi(await apiTown(), { requests: 10_000, seed: 1 })
    expect(requests).toBe(10_000)
    // They came through to the handlers too, not only to the door.
    for (const status of [200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428]) expect(statuses, `status ${status}`).toHaveProperty(String(status))
  })
})

/** Sends the parts with breaks between them; everything that came back until the other side hung up. */
function talk({ server }: World, parts: readonly string[], break_ms = 0): Promise<string> {
  const { port } = server.server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    let told = ''
    const socket = connect(port, '127.0.0.1')
    socket.on('data', (bytes: Buffer) => { told += bytes.toString() })
    socket.on('close', () => resolve(told))
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' || error.code === 'ECONNRESET' ? resolve(told) : reject(error)))
    const send = (i: number): void => {
      if (i === parts.length || socket.destroyed) return
      socket.write(parts[i]!)
      setTimeout(() => send(i + 1), break_ms)
    }
    send(0)
  })
}

const listening = async (): Promise<World> => {
  const open = await world(everyRoute('0'), { slow: { headers_ms: 400, request_ms: 800 } })
  await open.server.listen({ port: 0, host: '127.0.0.1' })
  return open
}

const problemIn = (text: string): unknown => JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))

describe('a real socket', () => {
  it('lets go of who sends headers a letter at a time, and says why', async () => {
    const told = await talk(await listening(), ['GET /healthz HTTP/1.1\r\nHost: x\r\n', ...Array.from({ length: 200 }, () => 'X')], 50)
    expect(told).toMatch(/^HTTP\/1.1 408 /)
    expect(problemIn(told)).toMatchObject({ status: 408, code: 'request.too-slow' })
  })

  it('lets go of who never ends a body, and has changed nothing', async () => {
    const open = await listening()
    const before = open.gate.tables.audit.length
    const told = await talk(open, [`POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`, ...Array.from({ length: 100 }, () => ' ')], 50)
    expect(told).toMatch(/^HTTP\/1.1 408 /)
    expect(open.gate.tables.audit.length).toBe(before)
  })

  it('answers what is no HTTP, and headers without end, with a problem document', async () => {
    const open = await listening()
    expect(problemIn(await talk(open, ['hello there\r\n\r\n']))).toMatchObject({ status: 400, code: 'request.malformed' })
    expect(problemIn(await talk(open, ['GET / HTTP/1.1\r\nHost: x\r\n', `X-Long: ${'x'.repeat(200_000)}\r\n\r\n`]))).toMatchObject({ status: 413, code: 'request.too-large' })
    expect(problemIn(await talk(open, ['POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nabcdefg']))).toMatchObject({ status: 400, code: 'request.malformed' })
  })

  it('goes on serving others meanwhile', async () => {
    const open = await listening()
    const slow = Promise.all(Array.from({ length: 50 }, () => talk(open, ['GET /healthz HTTP/1.1\r\nHost: x\r\n', ...Array.from({ length: 50 }, () => 'X')], 50)))
    const told = await talk(open, ['GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'])
    expect(told).toMatch(/^HTTP\/1.1 200 /)
    await slow
  })
})
