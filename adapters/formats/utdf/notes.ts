// What of a UTDF file is not used or is read with an assumption: listed once per kind.
import type { UtdfDocument } from './document.ts'
import type { ControllerTiming } from './phases.ts'

const CONTROL_TYPES = ['pretimed', 'actuated-uncoordinated', 'semiactuated-uncoordinated', 'actuated-coordinated']

export function listNotes(document: UtdfDocument, timings: ControllerTiming[], timeZone: string | undefined): void {
  const { notes, file } = document
  listUnused(document)
  listCarried(document)
  const actuated = new Map<number, string[]>()
  for (const { id, controlType } of timings) if (controlType !== 0) actuated.set(controlType, [...(actuated.get(controlType) ?? []), id])
  for (const [type, ids] of actuated) {
    notes.push({ kind: 'assumed', place: { file, element: `signals ${ids.slice(0, 12).join(', ')}${ids.length > 12 ? ' ...' : ''}` }, message: type < CONTROL_TYPES.length
    ? `control type ${type} (${CONTROL_TYPES[type]}) is simulated with the settings of the file; its yield point is taken as open for as long as each phase still gets its minimum (${ids.length} signals)`
    : `control type ${type} is unknown and runs as fixed time with the splits of the file (${ids.length} signals)` })
  }
  const walkers = timings.flatMap(({ id, phases, pattern }) => phases.flatMap(({ group }) => {
    const needed = (group.walk_s ?? 0) + (group.pedestrian_clearance_s ?? 0)
    const split = pattern.barriers.flatMap(({ rings }) => rings.flat()).find(({ phase }) => phase === group.id)?.split_s ?? 0
    return needed > split ? [`${group.id} of ${id} (${needed} s in a split of ${split} s)`] : []
  }))
  if (walkers.length > 0) notes.push({ kind: 'assumed', place: { file, element: `phases ${walkers.slice(0, 8).join(', ')}${walkers.length > 8 ? ' ...' : ''}` }, message: 'walk and pedestrian clearance do not fit the split of the running plan: there a pedestrian call breaks the coordination' })
  notes.push({ kind: 'assumed', place: { file }, message: 'distances are taken from stop line to stop line; stop lines and paths inside junctions are drawn from the number of lanes' })
  notes.push({ kind: 'assumed', place: { file }, message: 'UTDF does not say whether lead and lag may be exchanged: they may where no permissive turn can be trapped by the yellow' })
  if (timeZone === undefined) notes.push({ kind: 'assumed', place: { file }, message: 'UTDF has no time zone; times of day are local, written as UTC' })
}

/** One note a section: the names of the records that are read past, and where the first stands. */
function listUnused(document: UtdfDocument): void {
  const sections = new Map<string, { names: string[]; line: number }>()
  for (const [label, { line }] of document.unused) {
    const [section, name] = [label.slice(0, label.indexOf(' ')), label.slice(label.indexOf(' ') + 1)]
    const entry = sections.get(section) ?? { names: [], line }
    entry.names.push(name)
    sections.set(section, entry)
  }
  for (const [section, { names, line }] of sections) {
    document.notes.push({ kind: 'not-understood', place: { file: document.file, line, element: `section ${section}` }, message: `records not used: ${names.join(', ')}` })
  }
}

/** Records that are read but only tell the reader something. */
function listCarried(document: UtdfDocument): void {
  const seen = new Map<string, number>()
  for (const set of document.lanes?.values() ?? []) {
    for (const name of ['phf', 'lost time adjust', 'peds', 'midblock', 'right channeled']) {
      const record = set.records.get(name)
      if (record === undefined) continue
      const telling = [...record.values.values()].filter((value) => Number(value) !== 0 && (name !== 'phf' || Number(value) !== 1))
      if (telling.length > 0) seen.set(record.name, (seen.get(record.name) ?? 0) + 1)
    }
  }
  const meaning: Record<string, string> = {
    'phf': 'volumes are used as they are, not divided by the peak hour factor',
    'lost time adjust': 'lost times are those of our own model',
    'peds': 'conflicting pedestrians are not simulated',
    'midblock': 'midblock traffic is not simulated',
    'right channeled': 'a yielding or stopping slip lane is a turn on red from its lane',
  }
  for (const [name, count] of seen) {
    document.notes.push({ kind: 'assumed', place: { file: document.file, element: `record ${name}` }, message: `${meaning[name.toLowerCase()] ?? 'not used'} (${count} intersections)` })
  }
}
