// Records from XML whose elements hold one value each: `<Row><Time>..</Time><Value>..</Value></Row>`, or the same as attributes.
import type { FeedAccount } from '../../model/feed-account.ts'
import type { ByteSource } from './bytes.ts'
import type { JsonObject } from './ndjson.ts'
import { readXml } from './xml.ts'

interface OpenElement {
  fields: Record<string, string>
  count: number
  children: number
}

/** More fields are no record. */
const MOST_FIELDS = 200

export interface XmlRecord {
  /** Name of its element. */
  element: string
  /** From 1, of all elements with fields. */
  number: number
  object: JsonObject
}

/** Elements that have attributes or children of nothing but text, in the order in which they end, in pieces. */
export async function* readXmlRecords(source: ByteSource, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<XmlRecord[]> {
  const open: OpenElement[] = []
  let records: XmlRecord[] = []
  let number = 0
  const handlers = {
    open(_: string, attributes: Readonly<Record<string, string>>): void {
      const fields: Record<string, string> = Object.create(null) as Record<string, string>
      let count = 0
      for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith('xmlns') || name.startsWith('xsi:')) continue
        fields[name] = value
        count++
      }
      open.push({ fields, count, children: 0 })
    },
    close(element: string, text: string): void {
      const { fields, count, children } = open.pop()!
      const parent = open.at(-1)
      if (parent !== undefined) parent.children++
      if (children === 0 && parent !== undefined && parent.count < MOST_FIELDS) {
        parent.fields[element] = text
        parent.count++
      }
      if (count > 0) records.push({ element, number: ++number, object: fields })
    },
  }
  for await (const _ of readXml(source, account, handlers, signal)) {
    yield records
    records = []
  }
}
