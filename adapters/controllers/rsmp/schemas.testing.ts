// The schemas of RSMP as validators, for tests: what the adapter and the emulated controller send is valid for both ends. At run time the decoder in codec.ts
// is the check: it reads less, and what it reads it reads more strictly.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'

const ROOT = join(import.meta.dirname, 'schemas')

/** Their patterns are Ruby's where JavaScript has no such thing. */
function regExpOf(pattern: string, flags: string): RegExp {
  const named = /\(\?<item>((?:[^()]|\([^()]*\))*)\)/.exec(pattern)?.[1]
  const plain = named === undefined ? pattern : pattern.replaceAll(String.raw`\g<item>`, `(?:${named})`)
  return new RegExp(plain.replaceAll('(?-mix:', '(?:').replaceAll(String.raw`\-`, '-'), flags)
}
regExpOf.code = 'new RegExp'

/** Sentences on what is wrong with a message; empty = valid for this edition of the core and, where asked, for traffic light controllers. */
export function schemaJudge(): (message: unknown, core: string) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, code: { regExp: regExpOf } })
  for (const path of readdirSync(ROOT, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.json')) continue
    // One of their types is two in one text.
    const text = readFileSync(join(ROOT, path), 'utf8').replaceAll(/"string, ?null"/g, '["string","null"]')
    ajv.addSchema({ ...(JSON.parse(text) as object), $id: `https://rsmp/${path}` })
  }
  return (message, core) => [`core/${core}/rsmp.json`, 'tlc/1.2.1/rsmp.json'].flatMap((entry) => {
    const validate = ajv.getSchema(`https://rsmp/${entry}`)
    if (validate === undefined) throw new Error(`no schema ${entry}`)
    return validate(message) === true ? [] : (validate.errors ?? []).map(({ instancePath, message: why }) => `${entry} ${instancePath}: ${why ?? ''}`)
  })
}
