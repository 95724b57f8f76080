import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { dualRingPattern, dualRingSignal } from '../../../test/dual-ring.ts'
import { holdSite } from './listener.ts'
import { rsmpRig } from './testing.ts'

const never = (): AbortSignal => new AbortController().signal
const rig = () => rsmpRig(dualRingSignal(), dualRingPattern())
/** Whoever holds a site has the computer's clock: the leaping one belongs to whom the driver serves. */
const held = { now: () => Date.now() / 1000, wait: (seconds: number) => sleep(seconds * 1000), secret: () => undefined }
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) await sleep(10)
}

describe('a site that is held', () => {
  it('connects before anybody asks it anything, and stays when an adapter has done', async () => {
    const { driver, record, context, close } = await rig()
    const { site, release } = holdSite(record, held)
    await until(() => site.isConnected)
    expect(site.isConnected).toBe(true)
    const adapter = driver.open(record, context)
    expect((await adapter.identify(never())).protocol).toBe('rsmp')
    await adapter.close()
    expect(site.isConnected).toBe(true)
    release()
    await until(() => !site.isConnected)
    expect(site.isConnected).toBe(false)
    await close()
  })

  it('leaves an adapter its connection when it is held no more', async () => {
    const { driver, record, context, close } = await rig()
    const { release } = holdSite(record, held)
    const adapter = driver.open(record, context)
    await adapter.identify(never())
    release()
    expect((await adapter.identify(never())).protocol).toBe('rsmp')
    await adapter.close()
    await close()
  })
})

describe('a port', () => {
  it('that is taken is tried again by whoever asks next', async () => {
    const { driver, record, context, close } = await rig()
    const other = createServer((socket) => socket.destroy()).listen(record.settings.port as number, '127.0.0.1')
    await once(other, 'listening')
    const adapter = driver.open(record, context)
    await expect(adapter.identify(never())).rejects.toMatchObject({ code: 'controller.unreachable', message: expect.stringContaining('EADDRINUSE') as string })
    other.close()
    await once(other, 'close')
    expect((await adapter.identify(never())).protocol).toBe('rsmp')
    await adapter.close()
    await close()
  })

  it('is not opened with TLS without its secrets, nor with and without at once', async () => {
    const { record, close } = await rig()
    const secured = { ...record, settings: { ...record.settings, tls: 'mutual' } }
    expect(() => holdSite(secured, held)).toThrow('no secret rsmp-tls-cert')
    expect(() => holdSite(secured, { ...held, secret: () => 'no PEM' })).toThrow('no certificate, its key and an authority')
    const { release } = holdSite(record, held)
    expect(() => holdSite({ ...secured, settings: { ...secured.settings, site: 'another' } }, held)).toThrow('has "mutual"')
    release()
    await close()
  })
})
