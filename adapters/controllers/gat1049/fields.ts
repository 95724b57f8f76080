// How fields of objects are read and written: text, whole numbers, lists, objects in objects. One table of fields (objects.ts) serves both ways.
import { childOf, escapeXml, malformed, tag, type XmlElement } from './xml.ts'

/** One kind of value: out of an element (undefined where it is absent or empty), and into XML. */
export interface Kind<T> {
  read(element: XmlElement | undefined, place: string): T
  write(name: string, value: T): string
}

export type Value<K> = K extends Kind<infer T> ? T : never
/* A kind's `write` takes its own T only; a table holds kinds of any T. */
type AnyKind = Kind<any> // eslint-disable-line typescript/no-explicit-any
export type Row<F> = { [K in keyof F]: Value<F[K]> }

/** More text than this is no name and no number. */
const LONGEST_TEXT = 4096

const isThere = (element: XmlElement | undefined): element is XmlElement => element !== undefined && (element.text !== '' || element.children.length > 0 || Object.keys(element.attributes).length > 0)

export const text: Kind<string> = {
  read(element, place) {
    if (!isThere(element)) throw malformed(`no ${place}`)
    if (element.text.length > LONGEST_TEXT) throw malformed(`${place} with ${element.text.length} characters`)
    return element.text
  },
  write: (name, value) => tag(name, escapeXml(value)),
}

/** Text that may be empty. */
export const name: Kind<string> = { read: (element, place) => (isThere(element) ? text.read(element, place) : ''), write: text.write }

export const whole = (least: number, most: number): Kind<number> => ({
  read(element, place) {
    const value = text.read(element, place)
    if (!/^-?\d{1,9}$/.test(value) || Number(value) < least || Number(value) > most) throw malformed(`${place} ${JSON.stringify(value.slice(0, 20))}; it is a whole number from ${least} to ${most}`)
    return Number(value)
  },
  write: (field, value) => tag(field, String(value)),
})

export const optional = <T>(kind: Kind<T>): Kind<T | undefined> => ({
  read: (element, place) => (isThere(element) ? kind.read(element, place) : undefined),
  write: (field, value) => (value === undefined ? '' : kind.write(field, value)),
})

/** Elements of one name in an element; absent and empty are the same, and an empty one is not written. */
export const list = <T>(item: string, kind: Kind<T>): Kind<T[]> => ({
  read: (element, place) => (element?.children ?? []).filter((child) => child.name === item).map((child, i) => kind.read(child, `${place}/${item} ${i + 1}`)),
  write: (field, values) => (values.length === 0 ? '' : tag(field, values.map((value) => kind.write(item, value)).join(''))),
})

/** Elements in an element; unknown ones are left out. */
export const record = <F extends Record<string, AnyKind>>(fields: F): Kind<Row<F>> => ({
  read: (element, place) => Object.fromEntries(Object.entries(fields).map(([field, kind]) => [field, kind.read(element && childOf(element, field), `${place}/${field}`)])) as Row<F>,
  write: (field, value) => tag(field, Object.entries(fields).map(([one, kind]) => kind.write(one, value[one])).join('')),
})

/** Whole numbers as attributes of an element. */
export const attributes = <F extends Record<string, Kind<number>>>(fields: F): Kind<Row<F>> => ({
  read: (element, place) => Object.fromEntries(Object.entries(fields).map(([field, kind]) => {
    const value = element?.attributes[field]
    return [field, kind.read(value === undefined ? undefined : { name: field, attributes: {}, children: [], text: value }, `${place}/@${field}`)]
  })) as Row<F>,
  write: (field, value) => `<${field}${Object.keys(fields).map((one) => ` ${one}="${value[one]}"`).join('')}/>`,
})
