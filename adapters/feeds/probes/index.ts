// Entry: probes of any known form.
export { openProbes } from './open-probes.ts'
export { ProbeFeed, type ProbeForm } from './probe-feed.ts'
export { FixDecoder, type PlacedObject } from './objects.ts'
export { PROBE_COLUMNS, type ProbeColumn } from './layout.ts'
