// What a message holds, as an object a line.
import { isObject } from '../ndjson.ts'

/** An array becomes a line an item, an object over several lines one line; anything else stays as it is and is judged by who reads it. */
export function linesOfMessage(payload: Uint8Array): Uint8Array {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8').trim()
  if (text.startsWith('[')) {
    const items = parsed(text)
    if (Array.isArray(items)) return Buffer.from(items.map((item: unknown) => `${JSON.stringify(item)}\n`).join(''))
  } else if (isOneObject(text)) return Buffer.from(text.replaceAll(/\s*\n\s*/g, ' '))
  return payload
}

/** One object that was written over several lines. */
export const isOneObject = (text: string): boolean => /^\s*\{[\s\S]*\n[\s\S]*\}\s*$/.test(text) && isObject(parsed(text))

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
