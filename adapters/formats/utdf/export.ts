// A scenario with a plan as a combined UTDF file of version 8: feet and mph, as Synchro reads it by default.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Link, Movement, Network, NetworkNode } from '../../../model/network.ts'
import type { Plan } from '../../../model/plan.ts'
import type { Scenario, TimingPlan } from '../../../model/scenario.ts'
import type { Pattern, SignalId } from '../../../model/signal.ts'
import { feetFromMetres, mphFromMps } from '../../../model/units.ts'
import { quoteCsv } from '../counts/csv.ts'
import { approachColumns, compassOf, givesWay } from './export-lanes.ts'
import type { ExportColumn } from './export-lanes.ts'
import { phaseRows, prepareSignal, timeplanRows } from './export-timing.ts'
import type { ExportedSignal } from './export-timing.ts'
import { COMPASS } from './records.ts'

type Cell = string | number

interface Exporter {
  network: Network
  intid: Map<string, number>
  byNode: Map<string, ExportedSignal>
  lanesOf: (movement: string) => number[]
  movementLength: (movement: string) => number
  groupsOf: (movement: Movement) => { group: string; right_of_way: string }[]
  turnsOnRed: (movement: Movement) => boolean
  volumeOf: (movement: string) => number
}

/**
 * In: a scenario and the plan to write (signals that the plan does not name keep their running pattern). Out: the text
 * of a combined UTDF file. Volumes are those of the plan's period, or of the first interval. Throws input.value for a
 * stage plan that has no exact form as phases and for what UTDF has no column for.
 */
export function exportUtdf(scenario: Scenario, plan: TimingPlan | Plan): string {
  const exporter = prepare(scenario, plan)
  const lines = [...networkSection(), '', ...nodesSection(exporter), '', ...linksSection(exporter), '', ...lanesSection(exporter), '', ...timeplansSection(exporter), '', ...phasesSection(exporter)]
  return `${lines.join('\r\n')}\r\n`
}

function prepare(scenario: Scenario, plan: TimingPlan | Plan): Exporter {
  const { network, demand, timing } = scenario
  const patterns = new Map<SignalId, Pattern>()
  for (const pattern of timing.plans[0]?.patterns ?? []) patterns.set(pattern.signal, pattern)
  for (const pattern of 'patterns' in plan ? plan.patterns : plan.intersections) patterns.set(pattern.signal, pattern)
  const byNode = new Map<string, ExportedSignal>()
  for (const signal of network.signals) {
    const pattern = patterns.get(signal.id)
    if (pattern === undefined) throw new GreenwaveError('input.reference', `signal ${signal.id} has no pattern in the plan nor in the running timing`)
    const exported = prepareSignal(signal, pattern)
    for (const node of signal.nodes) byNode.set(node, exported)
  }
  const connections = new Map<string, Network['connections']>()
  for (const connection of network.connections) connections.set(connection.movement, [...(connections.get(connection.movement) ?? []), connection])
  const of = (movement: string): Network['connections'] => connections.get(movement) ?? []
  const interval = Math.max(0, 'period' in plan ? demand.intervals.findIndex(({ id }) => id === plan.period) : 0)
  const volumes = new Map(demand.volumes.map((entry) => [entry.movement, entry.volume_vph[interval] ?? 0]))
  return {
    network, byNode, intid: numberNodes(network),
    lanesOf: (movement) => [...new Set(of(movement).map((connection) => connection.from_lane))].sort((a, b) => a - b),
    movementLength: (movement) => of(movement).reduce((sum, connection) => sum + connection.length_m, 0) / Math.max(1, of(movement).length),
    groupsOf: (movement) => of(movement.id)[0]?.groups ?? [],
    turnsOnRed: (movement) => of(movement.id).some((connection) => connection.turn_on_red === true),
    volumeOf: (movement) => volumes.get(movement) ?? 0,
  }
}

/** Synchro wants whole numbers: those of the source where it had such, else the next free. */
function numberNodes(network: Network): Map<string, number> {
  const intid = new Map<string, number>()
  const taken = new Set<number>()
  for (const node of network.nodes) {
    const number = /^[1-9]\d{0,4}$/.test(node.source_id) ? Number(node.source_id) : undefined
    if (number === undefined || taken.has(number)) continue
    intid.set(node.id, number)
    taken.add(number)
  }
  let next = 1
  for (const node of network.nodes) {
    if (intid.has(node.id)) continue
    while (taken.has(next)) next++
    intid.set(node.id, next)
    taken.add(next)
  }
  return intid
}

const row = (cells: readonly Cell[]): string => cells.map((cell) => quoteCsv(String(cell))).join(',')
const hundredths = (value: number): number => Math.round(value * 100) / 100
const feet = (m: number): number => hundredths(feetFromMetres(m))
const mph = (mps: number): number => hundredths(mphFromMps(mps))

function networkSection(): string[] {
  return ['[Network]', 'Network Settings', 'RECORDNAME,DATA', 'UTDFVERSION,8', 'Metric,0', 'yellowTime,3.5', 'allRedTime,1.0', 'DefWidth,12', 'DefFlow,1900']
}

/** 0 signal, 1 external, 2 bend, 3 unsignalised. */
function nodeType(exporter: Exporter, node: NetworkNode): number {
  if (exporter.byNode.has(node.id)) return 0
  if (node.kind === 'boundary') return 1
  return hasLanes(exporter, node) ? 3 : 2
}

/** Bends are not junctions: two roads, straight on. */
function hasLanes(exporter: Exporter, node: NetworkNode): boolean {
  if (exporter.byNode.has(node.id)) return true
  return exporter.network.movements.some((movement) => movement.node === node.id && (movement.turn !== 'through' || movement.name !== undefined))
}

function nodesSection(exporter: Exporter): string[] {
  return ['[Nodes]', 'Node Data', 'INTID,TYPE,X,Y,Z,DESCRIPTION,CBD', ...exporter.network.nodes.map((node) =>
    row([exporter.intid.get(node.id) ?? 0, nodeType(exporter, node), feet(node.x_m), feet(node.y_m), 0, node.name ?? (String(exporter.intid.get(node.id)) === node.id ? '' : node.id), '']))]
}

/** Node to node: the link and the crossing at its start, as the importer takes it apart. */
function nodeDistance(exporter: Exporter, link: Link): number {
  const { network } = exporter
  const kindOf = (id: string): string | undefined => network.nodes.find((node) => node.id === id)?.kind
  const away = (id: string, end: 'first' | 'last'): number => {
    const node = network.nodes.find((candidate) => candidate.id === id)
    const point = (end === 'first' ? link.shape_m?.[0] : link.shape_m?.at(-1)) ?? [node?.x_m ?? 0, node?.y_m ?? 0]
    return Math.hypot(point[0] - (node?.x_m ?? 0), point[1] - (node?.y_m ?? 0))
  }
  if (kindOf(link.from) === 'boundary') return link.length_m + away(link.to, 'last')
  if (kindOf(link.to) === 'boundary') return link.length_m + away(link.from, 'first')
  const feeder = network.movements.find((movement) => movement.to === link.id && movement.turn === 'through')
  return link.length_m + (feeder === undefined ? 2 * away(link.from, 'first') : exporter.movementLength(feeder.id))
}

function linksSection(exporter: Exporter): string[] {
  const { network } = exporter
  const lines = ['[Links]', 'Link Data', row(['RECORDNAME', 'INTID', ...COMPASS])]
  for (const node of network.nodes) {
    const compass = compassOf(network, node.id)
    if (compass.size === 0) continue
    const incoming = network.links.filter((link) => link.to === node.id)
    const record = (name: string, value: (link: Link) => Cell): string =>
      row([name, exporter.intid.get(node.id) ?? 0, ...COMPASS.map((column) => incoming.filter((link) => compass.get(link.id) === column).map(value)[0] ?? '')])
    lines.push(
      record('Up ID', (link) => exporter.intid.get(link.from) ?? 0),
      record('Lanes', (link) => link.lanes.length),
      record('Name', (link) => link.name ?? ''),
      record('Distance', (link) => feet(nodeDistance(exporter, link))),
      record('Speed', (link) => mph(link.speed_mps)),
      record('Grade', (link) => hundredths((link.grade ?? 0) * 100)),
    )
  }
  return lines
}

function lanesSection(exporter: Exporter): string[] {
  const { network } = exporter
  const junctions = network.nodes.filter((node) => hasLanes(exporter, node)).map((node) => {
    const compass = compassOf(network, node.id)
    const approaches = network.links.filter((link) => compass.has(link.id)).map((link) => ({ link, columns: approachColumns(network, link, compass.get(link.id) ?? 'NB', exporter.lanesOf) }))
    return { node, approaches }
  })
  const used = new Set(junctions.flatMap(({ approaches }) => approaches.flatMap(({ columns }) => columns.map((column) => column.name))))
  const names = COMPASS.flatMap((compass) => ['U', 'L2', 'L', 'T', 'R', 'R2'].map((turn) => ({ name: compass + turn, usual: /^[NSEW]B$/.test(compass) && /^[LTR]$/.test(turn) })))
    .filter(({ name, usual }) => usual || used.has(name)).map(({ name }) => name)
  // Phases without lanes (walkers, holds) have columns of their own.
  names.push('PED', 'HOLD')
  const lines = ['[Lanes]', 'Lane Group Data', row(['RECORDNAME', 'INTID', ...names])]
  for (const { node, approaches } of junctions) lines.push(...junctionRows(exporter, node, approaches, names))
  return lines
}

function junctionRows(exporter: Exporter, node: NetworkNode, approaches: { link: Link; columns: ExportColumn[] }[], names: string[]): string[] {
  const cells = new Map(approaches.flatMap(({ link, columns }) => columns.map((column) => [column.name, { column, link, first: (columns.find(({ order }) => order === 3) ?? columns[0]) === column }] as const)))
  const exported = exporter.byNode.get(node.id)
  const record = (name: string, value: (cell: { column: ExportColumn; link: Link; first: boolean }) => Cell): string =>
    row([name, exporter.intid.get(node.id) ?? 0, ...names.map((column) => {
      const cell = cells.get(column)
      return cell === undefined ? '' : value(cell)
    })])
  const laneless = exported?.signal.nodes[0] === node.id ? exported.signal.groups.filter(({ kind }) => kind === 'pedestrian').flatMap(({ id }) => exported.phasesOf(id)) : []
  const phases = (column: ExportColumn, kind: string): number[] => [...new Set(exporter.groupsOf(column.movement).filter((entry) => entry.right_of_way === kind).flatMap(({ group }) => exported?.phasesOf(group) ?? []))]
  const free = (column: ExportColumn): boolean => exported !== undefined && exporter.groupsOf(column.movement).length === 0
  const lines = [
    record('Up Node', ({ link }) => exporter.intid.get(link.from) ?? 0),
    record('Dest Node', ({ column }) => exporter.intid.get(exporter.network.links.find((link) => link.id === column.movement.to)?.to ?? '') ?? 0),
    record('Lanes', ({ column }) => column.count),
    record('Shared', ({ column }) => (column.count > 0 ? column.shared : '')),
    record('Width', ({ link, column }) => feet(link.lanes[column.lanes[0] ?? 0]?.width_m ?? 3.66)),
    record('Storage', ({ column }) => (column.storageLanes > 0 ? feet(column.storage_m) : '')),
    record('StLanes', ({ column }) => (column.storageLanes > 0 ? column.storageLanes : '')),
    record('Grade', ({ link, first }) => (first && link.grade !== undefined ? hundredths(link.grade * 100) : '')),
    record('Speed', ({ link, first }) => (first ? mph(link.speed_mps) : '')),
    record('Volume', ({ column }) => hundredths(exporter.volumeOf(column.movement.id))),
    record('Distance', ({ link, first }) => (first ? feet(nodeDistance(exporter, link)) : '')),
    record('SatFlow', ({ column }) => column.movement.saturation_flow_vph ?? ''),
  ]
  if (exported === undefined) {
    lines.push(record('SignControl', ({ first, link }) => (first ? (node.kind === 'right-before-left' || givesWay(exporter.network, link) ? 1 : 0) : '')))
    return lines
  }
  for (let i = 0; i < 4; i++) {
    const held = laneless[i] ?? ''
    lines.push(record(`Phase${i + 1}`, ({ column }) => phases(column, 'protected')[i] ?? '').replace(/,$/, `,${held}`), record(`PermPhase${i + 1}`, ({ column }) => (i === 0 && free(column) ? -1 : phases(column, 'permissive')[i] ?? '')))
  }
  lines.push(record('Allow RTOR', ({ column }) => (exporter.turnsOnRed(column.movement) ? 1 : 0)))
  return lines
}

const signalsOf = (exporter: Exporter): { exported: ExportedSignal; intid: number; nodes: number[] }[] =>
  exporter.network.signals.flatMap((signal) => {
    const exported = exporter.byNode.get(signal.nodes[0] ?? '')
    const nodes = signal.nodes.map((node) => exporter.intid.get(node) ?? 0)
    return exported === undefined || nodes[0] === undefined ? [] : [{ exported, intid: nodes[0], nodes }]
  })

function timeplansSection(exporter: Exporter): string[] {
  return ['[Timeplans]', 'Timing Plan Settings', 'RECORDNAME,INTID,DATA', ...signalsOf(exporter).flatMap(({ exported, intid, nodes }) => timeplanRows(exported, intid, nodes).map(row))]
}

function phasesSection(exporter: Exporter): string[] {
  const signals = signalsOf(exporter)
  const columns = Math.max(8, ...signals.flatMap(({ exported }) => [...exported.numbers.values()]))
  const header = row(['RECORDNAME', 'INTID', ...Array.from({ length: columns }, (_, i) => `D${i + 1}`)])
  return ['[Phases]', 'Phasing Data', header, ...signals.flatMap(({ exported, intid }) => phaseRows(exported, columns).map(([name, values]) => row([name, intid, ...values])))]
}
