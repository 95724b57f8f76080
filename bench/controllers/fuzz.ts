// Random and mutated messages to the decoders of all protocols: each folder's `fuzz.ts`. Messages that are mutated are the examples of the protocols' texts, all for all:
// a decoder meets foreign protocols as well.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { corrupt } from '../../adapters/feeds/corruption.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { formatTable } from '../table.ts'

const fromHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex')
const SAMPLES: readonly Uint8Array[] = [
  ...[
    // TraCI: version, state, subscription, a program.
    '000000060200', '0000000d09a220000000024a31', '000000211dd20000000000000000412e848000000000000000024a31042028292d',
    '0000009490c22c000000024a310f000000050c00000003677734090000000009000000000f000000020f000000060b403f0000000000000c00000004474772720b403f0000000000000b403f0000000000000f000000000c000000000f000000060b40080000000000000c00000004797972720b40080000000000000b40080000000000000f000000000c000000000f00000000',
    // SNMP: a SET and a GET.
    '302c02010004066c61622d7277a31f02010702010002010030143012060d2b060104018936040201040e00020104', '303e02010004066c61622d726fa03102010802010002010030263011060d2b060104018936040201040a0005003011060d2b060104018936040201040b000500',
    // The same as the NTCIP decoders take them: how to read, then a SET without its envelope, answers of version 1 and 2c.
    '00a31f02010702010002010030143012060d2b060104018936040201040e00020104', '03302c02010004066c61622d7277a21f02010702010002010030143012060d2b060104018936040201040e00020104', '02302c02010104066c61622d7277a21f02010702010002010030143012060d2b060104018936040201040e00020104',
    // GB/T 20999-2017: heartbeat, a query, a set over TCP.
    '7e000d0100010000002a010170002a397d', '7e00130100010000002a01021001010409020304d8557d', '7e00170100010000002a010630010108090203040000005c7dacec7d',
    // GB/T 20999-2007: begin, two patterns, a stage row.
    '81c20001', '81c00002015a0001010564250105', '81c180050101010501000000111d030200',
  ].map(fromHex),
  ...[
    '<Message><Version>2.0</Version><Token/><From><Address><Sys>TICP</Sys><SubSys/><Instance/></Address></From><To><Address><Sys>UTCS</Sys><SubSys/><Instance/></Address></To><Type>REQUEST</Type><Seq>20260105083000000001</Seq><Body><Operation order="1" name="Get"><TSCCmd><ObjName>PlanParam</ObjName><ID>99990100000001</ID><No>4</No></TSCCmd></Operation></Body></Message>',
    '{"mType":"rSMsg","type":"CommandRequest","mId":"00000000-0000-4000-8000-000000000005","ntsOId":"","xNId":"","cId":"KK+AG9998=001TC000","arg":[{"cCI":"M0014","cO":"setCommands","n":"plan","v":"4"}]}\f',
    '{"baselineHash":"sha256:00","bundleId":"42","cabinetId":"cab-0001","expiresAt":"2026-01-01T01:00:00Z","plans":[{"cycleS":100,"offsetS":37,"planNo":4,"stages":[{"allRedS":2,"greenS":29,"stageNo":1,"yellowS":3}]}],"schedule":[],"schema":"greenwave.timing/1"}',
    '{"id":1,"ok":true,"data":{"groups":[{"group":"1","name":"a","kind":"vehicle","min_green":50,"yellow":30,"red_clearance":10}],"conflicts":[["1","2"]],"rows":[],"time_s":1}}\n',
  ].map((text) => new TextEncoder().encode(text)),
]

/** Longest of the random messages. */
const MOST_BYTES = 256

export async function fuzz(messages: number, seed: number, only: string | undefined): Promise<number> {
  const folder = join(import.meta.dirname, '..', '..', 'adapters', 'controllers')
  const protocols = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && (only ?? entry.name) === entry.name && readdirSync(join(folder, entry.name)).includes('fuzz.js')).map(({ name }) => name)
  const rows: string[][] = []
  let faults = 0
  for (const protocol of protocols) {
    const { fuzzTarget } = (await import(pathToFileURL(join(folder, protocol, 'fuzz.js')).href)) as { fuzzTarget(bytes: Uint8Array): void }
    const [began, memory] = [process.cpuUsage(), process.memoryUsage().heapUsed]
    let [refused, thrown, example] = [0, 0, '']
    for (let i = 0; i < messages; i++) {
      const bytes = messageOf(seed + i)
      try {
        fuzzTarget(bytes)
      } catch (error) {
        if (error instanceof GreenwaveError) refused++
        else if (thrown++ === 0) example = `${String(error)} at ${Buffer.from(bytes).toString('hex')}`
      }
    }
    const { user, system } = process.cpuUsage(began)
    faults += thrown
    rows.push([protocol, String(messages), String(refused), String(thrown), ((user + system) / messages).toFixed(1), ((process.memoryUsage().heapUsed - memory) / 1e6).toFixed(0)])
    if (example !== '') console.log(`${protocol}: ${example}`)
  }
  console.log(formatTable(['protocol', 'messages', 'refused by throwing', 'THROWN', 'us a message', 'heap MB grown'], rows))
  return faults === 0 && rows.length > 0 ? 0 : 1
}

/** The same seed, the same message: one of three is random, the others are examples with something broken. */
function messageOf(seed: number): Uint8Array {
  if (seed % 3 > 0) return corrupt(SAMPLES[seed % SAMPLES.length] as Uint8Array, seed)
  let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e3779b9) >>> 0
  const next = (): number => { state ^= state << 13; state ^= state >>> 17; state ^= state << 5; return state >>> 0 }
  return Uint8Array.from({ length: next() % MOST_BYTES }, () => next() & 0xff)
}
