import { once } from 'node:events'
import { connect, createServer } from 'node:net'
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

describe('a handshake', () => {
  it('says nothing beyond its version until that is acknowledged, then its watchdog, and is acknowledged in turn', async () => {
    const { record, close } = await rig()
    // No site of the rig's may take the connection over.
    await close()
    const { site, release } = holdSite(record, held)
    await site.listening
    const socket = connect(record.settings.port as number, '127.0.0.1')
    const got: string[] = []
    socket.setEncoding('utf8').on('data', (text: string) => got.push(...text.split('\f').filter((one) => one !== '')))
    const told = async (count: number): Promise<string[]> => { await until(() => got.length >= count); await sleep(50); return got.splice(0) }
    const say = (message: string): void => { socket.write(`{"mType":"rSMsg",${message}}\f`) }
    const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`

    say(`"type":"Version","mId":"${id(1)}","RSMP":[{"vers":"3.2.2"}],"siteId":[{"sId":"${site.id}"}],"SXL":"1.2.1"`)
    const [acknowledged, version, ...early] = await told(2)
    expect(acknowledged).toBe(`{"mType":"rSMsg","type":"MessageAck","oMId":"${id(1)}"}`)
    const ours = /^\{"mType":"rSMsg","type":"Version","mId":"([0-9a-f-]{36})","RSMP":\[\{"vers":"[\d.]+"\}(?:,\{"vers":"[\d.]+"\})*\],"siteId":\[\{"sId":"([^"]+)"\}\],"SXL":"1\.2\.1"\}$/.exec(version!)
    expect(ours?.[2]).toBe(site.id)
    expect(early).toEqual([])

    say(`"type":"MessageAck","oMId":"${ours![1]}"`)
    const [watchdog, ...more] = await told(1)
    expect(watchdog).toMatch(/^\{"mType":"rSMsg","type":"Watchdog","mId":"[0-9a-f-]{36}","wTs":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"\}$/)
    expect(more).toEqual([])
    say(`"type":"Watchdog","mId":"${id(2)}","wTs":"2026-01-01T00:00:00.000Z"`)
    expect(await told(1)).toEqual([`{"mType":"rSMsg","type":"MessageAck","oMId":"${id(2)}"}`])
    expect(site.isConnected).toBe(false)
    say(`"type":"AggregatedStatus","mId":"${id(3)}","ntsOId":"","xNId":"","cId":"${site.id}","aSTS":"2026-01-01T00:00:00.000Z","fP":null,"fS":null,"se":[false,false,false,false,false,true,false,false]`)
    expect(await told(1)).toEqual([`{"mType":"rSMsg","type":"MessageAck","oMId":"${id(3)}"}`])
    expect(site.isConnected).toBe(true)
    socket.destroy()
    release()
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
