// Reads a .sumocfg: which network, route and additional files belong together, and the period.
import { dirname, resolve } from 'node:path'
import { GreenwaveError } from '../../../model/errors.ts'
import type { XmlElement } from './xml-element.ts'
import { keep, parseTime } from './xml-element.ts'
import { readXml } from './xml-stream.ts'

export interface SumoConfig {
  net: string
  routes: string[]
  additional: string[]
  begin?: number
  end?: number
}

const ROOTS = new Set(['configuration', 'sumoConfiguration'])
/** Options by name and by the short or older spellings that SUMO takes. */
const OPTIONS: Record<string, 'net' | 'routes' | 'additional' | 'begin' | 'end'> = {
  'net-file': 'net', 'net': 'net', 'n': 'net', 'route-files': 'routes', 'routes': 'routes', 'r': 'routes',
  'additional-files': 'additional', 'additional': 'additional', 'a': 'additional', 'begin': 'begin', 'b': 'begin', 'end': 'end', 'e': 'end',
}

export async function readConfig(file: string): Promise<SumoConfig> {
  const found: Partial<Record<'net' | 'routes' | 'additional' | 'begin' | 'end', { element: XmlElement; value: string }>> = {}
  await readXml(file, {
    root(element) {
      if (!ROOTS.has(element.name)) {
        throw new GreenwaveError('input.format', `this is a file with root <${element.name}>, not a SUMO configuration`, { file, line: element.line })
      }
    },
    open(element) {
      const option = Object.hasOwn(OPTIONS, element.name) ? OPTIONS[element.name] : undefined
      const value = element.findText('value') ?? element.findText('v')
      if (option !== undefined && value !== undefined) found[option] = { element, value: keep(value) }
    },
    close() {},
  })
  const net = found.net
  if (net === undefined) throw new GreenwaveError('input.reference', 'the configuration names no network (<net-file>)', { file })
  const [begin, end] = [timeOf(found.begin), timeOf(found.end)]
  if (begin !== undefined && end !== undefined && end <= begin) {
    throw new GreenwaveError('input.value', `the configuration ends at ${end} s, not after it begins at ${begin} s`, { file })
  }
  const list = (text: string | undefined): string[] =>
    (text ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '').map((part) => resolve(dirname(file), part))
  return {
    net: list(net.value)[0] ?? '', routes: list(found.routes?.value), additional: list(found.additional?.value),
    ...(begin === undefined ? {} : { begin }),
    ...(end === undefined ? {} : { end }),
  }
}

/** SUMO writes -1 for "until everybody has arrived". */
function timeOf(option: { element: XmlElement; value: string } | undefined): number | undefined {
  if (option === undefined) return undefined
  const time = parseTime(option.value)
  if (time === undefined) throw option.element.error('input.value', `${option.element.name} is "${option.value}"; it must be a time`)
  return time < 0 ? undefined : time
}
