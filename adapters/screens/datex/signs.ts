// Variable message signs as DATEX II version 3: what stands where (the table), and what it shows. The table goes first in each document,
// because a state means nothing without the version of the table that it refers to. Status before content: a sign that does not work shows nothing.
import { deflateSync, crc32 } from 'node:zlib'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Instant } from '../../../model/units.ts'
import type { SignContent } from '../../../plans/publication/signs/index.ts'
import { container, header, inWords, numberFrom, payload, pointContent, pointFrom, timeFrom, timeText, type Publisher, type VmsState, type VmsUnit } from './document.ts'
import { childOf, childrenOf, leaf, node, parseXml, textOf, typeOf, xmlText, type XmlElement } from './xml.ts'

export interface SignTable {
  id: string
  version: number
  units: VmsUnit[]
}

/** Text where there is text; a picture of the lamps where there is none; blank where both are missing. */
export function stateOf(unit: VmsUnit, content: SignContent | undefined, times: { time: Instant; set_at: Instant }, working: boolean): VmsState {
  const pages = working ? (content?.pages ?? []).map((page) => [...page]) : []
  const lamps = working && unit.shows === 'graphics' && pages.length === 0 ? (content?.lamps ?? []) : []
  const lit = lamps.some(({ colour }) => colour !== 'off')
  return { controller: unit.controller, version: unit.version, index: unit.index, ...times, status: working ? (pages.length > 0 || lit ? 'working' : 'blank') : 'notWorking', pages, ...(lit ? { image: lampImage(lamps.map(({ colour }) => colour)) } : {}) }
}

export function writeSigns(table: SignTable, states: readonly VmsState[], publisher: Publisher, time: Instant): string {
  const known = new Set(table.units.map(({ controller, index }) => `${controller} ${index}`))
  for (const { controller, index } of states) if (!known.has(`${controller} ${index}`)) throw new GreenwaveError('input.reference', `the state of sign ${index} of controller "${controller}" refers to no sign of table "${table.id}"`)
  return xmlText(container(publisher, time, [
    payload('vms:VmsTablePublication', publisher, time, header('vms'), node('vms:vmsControllerTable', { id: table.id, version: table.version }, byController(table.units).map((units) =>
      node('vms:vmsController', { id: units[0]!.controller, version: units[0]!.version }, leaf('vms:numberOfVms', units.length), units.map((unit) => unitElement(unit, publisher.language)))))),
    payload('vms:VmsPublication', publisher, time, header('vms'), byController(states).map((list) => node('vms:vmsControllerStatus', {},
      node('vms:vmsControllerTableReference', { targetClass: 'vms:VmsControllerTable', id: table.id, version: table.version }), node('vms:vmsControllerReference', { targetClass: 'vms:VmsController', id: list[0]!.controller, version: list[0]!.version }),
      leaf('vms:statusUpdateTime', timeText(Math.max(...list.map((state) => state.time)))), list.map(stateElement)))),
  ]))
}

/** In the order in which controllers come first. */
function byController<T extends { controller: string }>(list: readonly T[]): T[][] {
  const groups = new Map<string, T[]>()
  for (const one of list) groups.set(one.controller, [...(groups.get(one.controller) ?? []), one])
  return [...groups.values()]
}

const unitElement = (unit: VmsUnit, language: string): XmlElement => node('vms:vms', { vmsIndex: unit.index }, node('vms:vms', {},
  inWords('vms:description', unit.name, language), leaf('vms:physicalSupport', 'roadsideMounted'), leaf('vms:vmsType', unit.shows === 'text' ? 'monochromeGraphic' : 'colourGraphic'),
  node('vms:vmsConfiguration', {}, leaf('vms:numberOfDisplayAreas', 1), node('vms:displayArea', { displayAreaIndex: 0 }, node('vms:displayArea', { 'xsi:type': 'vms:TextDisplayArea' },
    leaf('vms:maxNumberOfSequentialPages', unit.pages), leaf('vms:maxNumberOfCharacters', unit.characters_per_line), leaf('vms:maxNumberOfRows', unit.lines)))),
  node('vms:vmsLocation', { 'xsi:type': 'loc:PointLocation' }, pointContent(unit.point, []))))

/** Pages are messages in sequence: DATEX shows one after another. */
function stateElement(state: VmsState): XmlElement {
  const message = (index: number, ...content: readonly XmlElement[]): XmlElement => node('vms:vmsMessage', { messageIndex: index }, node('vms:vmsMessage', {}, leaf('vms:timeLastSet', timeText(state.set_at)), content))
  const texts = state.pages.map((page, i) => message(i, node('vms:displayAreaSettings', { displayAreaIndex: 0 }, node('vms:displayAreaSettings', { 'xsi:type': 'vms:TextDisplay' },
    page.map((line, row) => node('vms:textLine', { lineIndex: row }, node('vms:textLine', {}, leaf('vms:textLine', line))))))))
  const image = state.image === undefined ? [] : [message(0, node('vms:image', {}, leaf('vms:imageData', state.image), leaf('vms:imageFormat', 'png')))]
  const set = texts.length > 0 ? texts : image.length > 0 ? image : [message(0)]
  return node('vms:vmsStatus', { vmsIndex: state.index }, node('vms:vmsStatus', {}, leaf('vms:statusUpdateTime', timeText(state.time)), leaf('vms:workingStatus', state.status), set))
}

/** What `writeSigns` wrote. Throws input.syntax, input.value or input.format. */
export function readSigns(text: string, file: string): { table: SignTable; states: VmsState[] } {
  const payloads = childrenOf(parseXml(text, file), 'payload')
  const table = childOf(payloads.find((one) => typeOf(one) === 'VmsTablePublication'), 'vmsControllerTable')
  const states = payloads.find((one) => typeOf(one) === 'VmsPublication')
  if (table === undefined || states === undefined) throw new GreenwaveError('input.format', 'it needs both a VmsTablePublication and a VmsPublication', { file })
  return {
    table: { id: table.attributes.id ?? '', version: numberFrom(table.attributes.version, 'version of the table', file), units: childrenOf(table, 'vmsController').flatMap((one) => childrenOf(one, 'vms').map((unit) => unitFrom(one, unit, file))) },
    states: childrenOf(states, 'vmsControllerStatus').flatMap((one) => childrenOf(one, 'vmsStatus').map((state) => stateFrom(one, state, file))),
  }
}

function unitFrom(controller: XmlElement, outer: XmlElement, file: string): VmsUnit {
  const [id, unit] = [controller.attributes.id ?? '', childOf(outer, 'vms')]
  const area = childOf(unit, 'vmsConfiguration', 'displayArea', 'displayArea')
  const number = (what: string, text: string | undefined): number => numberFrom(text, `${what} of controller "${id}"`, file)
  return {
    controller: id, version: number('version', controller.attributes.version), index: number('index', outer.attributes.vmsIndex), name: textOf(unit, 'description', 'values', 'value') ?? '', lines: number('rows', textOf(area, 'maxNumberOfRows')),
    characters_per_line: number('characters', textOf(area, 'maxNumberOfCharacters')), pages: number('pages', textOf(area, 'maxNumberOfSequentialPages')), point: pointFrom(childOf(unit, 'vmsLocation'), `controller "${id}"`, file), shows: textOf(unit, 'vmsType') === 'monochromeGraphic' ? 'text' : 'graphics',
  }
}

function stateFrom(controller: XmlElement, outer: XmlElement, file: string): VmsState {
  const [reference, state] = [childOf(controller, 'vmsControllerReference'), childOf(outer, 'vmsStatus')]
  const id = reference?.attributes.id ?? ''
  const status = textOf(state, 'workingStatus')
  if (status !== 'working' && status !== 'blank' && status !== 'notWorking') throw new GreenwaveError('input.value', `workingStatus of controller "${id}" is ${JSON.stringify(status)}`, { file })
  const messages = state === undefined ? [] : childrenOf(state, 'vmsMessage')
  const image = messages.map((one) => textOf(one, 'vmsMessage', 'image', 'imageData')).find((data) => data !== undefined)
  return {
    controller: id, version: numberFrom(reference?.attributes.version, `version of controller "${id}"`, file), index: numberFrom(outer.attributes.vmsIndex, `index at controller "${id}"`, file), time: timeFrom(textOf(state, 'statusUpdateTime'), `time of controller "${id}"`, file), status,
    pages: messages.flatMap((one) => {
      const shown = childOf(one, 'vmsMessage', 'displayAreaSettings', 'displayAreaSettings')
      return shown === undefined ? [] : [childrenOf(shown, 'textLine').map((line) => textOf(line, 'textLine', 'textLine') ?? '')]
    }),
    set_at: timeFrom(textOf(messages[0], 'vmsMessage', 'timeLastSet'), `timeLastSet of controller "${id}"`, file), ...(image === undefined ? {} : { image }),
  }
}

const RGB = { green: [34, 164, 85], yellow: [255, 210, 63], red: [229, 56, 59], off: [0, 0, 0] } as const
const LAMP_PX = 8

/** A strip of squares, one a lamp from left to right, as PNG in base64. */
export function lampImage(colours: readonly (keyof typeof RGB)[]): string {
  const width = colours.length * LAMP_PX
  const row = Buffer.concat([Buffer.from([0]), ...colours.flatMap((colour) => Array.from({ length: LAMP_PX }, () => Buffer.from(RGB[colour])))])
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(LAMP_PX, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, check])
  }
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: LAMP_PX }, () => row)))), chunk('IEND', Buffer.alloc(0))]).toString('base64')
}
