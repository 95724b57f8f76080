// Plan documents and edits as they come over the wire: what the model's types say, said to who sends them.
import { Type, type Static } from 'typebox'
import type { Plan } from '../../model/plan.ts'
import type { OffsetReference } from '../../model/signal.ts'
import type { PlanEdit } from '../../plans/workflow/index.ts'

const Word = Type.String({ minLength: 1, maxLength: 200 })
const Words = (maxItems: number) => Type.Array(Word, { maxItems })
const Seconds = Type.Number({ description: 's' })
const Length = Type.Number({ minimum: 0, maximum: 86_400, description: 's' })
/** No signal has more of anything than this. */
const MOST_PARTS = 200
const MOST_SIGNALS = 2000

const REFERENCES = ['sequence_start', 'begin_of_green', 'first_green', 'begin_of_yellow', 'begin_of_red', 'begin_of_clearance'] as const satisfies readonly OffsetReference[]
const intersection = {
  id: Word, source_id: Word, name: Type.Optional(Type.String({ maxLength: 200 })), signal: Word, cycle_s: Type.Number({ exclusiveMinimum: 0, maximum: 1000 }), offset_s: Seconds,
  offset_reference: Type.Enum(REFERENCES), coordinated: Words(MOST_PARTS),
  signal_groups: Type.Array(Type.Object({ id: Word, green_windows_s: Type.Array(Type.Tuple([Seconds, Seconds]), { maxItems: MOST_PARTS }), yellow_s: Length, red_clearance_s: Length }), { maxItems: MOST_PARTS }),
}
const Barriers = Type.Array(Type.Object({ rings: Type.Array(Type.Array(Type.Object({ phase: Word, split_s: Length }), { maxItems: MOST_PARTS }), { maxItems: 16 }) }), { maxItems: MOST_PARTS })
const Stages = Type.Array(Type.Object({ id: Word, kind: Type.Union([Type.Literal('stage'), Type.Literal('interstage')]), green: Words(MOST_PARTS), duration_s: Length, min_s: Type.Optional(Length), max_s: Type.Optional(Length) }), { maxItems: MOST_PARTS })
const Intersection = Type.Union([
  Type.Object({
    ...intersection, kind: Type.Literal('rings'),
    barriers: Barriers,
  }),
  Type.Object({
    ...intersection, kind: Type.Literal('stages'),
    stages: Stages,
  }),
])
const Direction = Type.Union([Type.Literal('outbound'), Type.Literal('inbound')])
const Band = Type.Object({
  direction: Direction, width_s: Type.Number(), width_cycle: Type.Number(), limited_by: Words(MOST_SIGNALS),
  links: Type.Array(Type.Object({ from: Word, to: Word, distance_m: Type.Number(), travel_time_s: Type.Number(), speed_mps: Type.Number({ exclusiveMinimum: 0 }) }), { maxItems: MOST_SIGNALS }),
  front_s: Type.Array(Type.Object({ signal: Word, time_s: Type.Number() }), { maxItems: MOST_SIGNALS }),
})
const Share = Type.Number({ minimum: 0, maximum: 1 })
const Front = Type.Array(Type.Object({ signal: Word, time_s: Type.Number() }), { maxItems: MOST_SIGNALS })
const Sentences = Type.Array(Type.String({ maxLength: 5000 }), { maxItems: 1000 })
const Proof = Type.Object({ value: Type.Number(), bound: Type.Number(), gap: Type.Number({ minimum: 0 }), gap_share: Type.Number(), proven: Type.Boolean(), stopped: Type.Union([Type.Literal('proven'), Type.Literal('effort')]) })
const LinkBands = Type.Object({
  bands: Type.Array(Type.Object({ direction: Direction, from: Word, to: Word, width_s: Length, bound_s: Length, gap_s: Length, weight: Share, front_s: Front }), { maxItems: 2 * MOST_SIGNALS }),
  certificate: Proof, sentences: Sentences,
})
const PathBands = Type.Object({
  bands: Type.Array(Type.Object({
    id: Type.String({ maxLength: 5000 }), name: Type.String({ maxLength: 500 }), mode: Type.Union([Type.Literal('car'), Type.Literal('bus'), Type.Literal('bicycle')]),
    persons_h: Type.Number({ minimum: 0 }), weight: Share, width_s: Length, reason: Type.Optional(Type.String({ maxLength: 2000 })), front_s: Front,
  }), { maxItems: MOST_PARTS }),
  certificate: Proof, sentences: Sentences,
})
const Cycle = { cycle_s: Type.Number({ exclusiveMinimum: 0, maximum: 1000 }) }
const CycleRank = Type.Object({ ...Cycle, value_s: Type.Number(), share: Type.Number() })
const End = Type.Union([Type.Literal('start'), Type.Literal('end')])
const PatternChange = Type.Object({ kind: Type.Literal('pattern'), signal: Word, pattern: Word })
const GreenChange = Type.Object({ kind: Type.Literal('green'), signal: Word, added_s: Type.Number(), at: End })
const Insight = Type.Object({
  cycles: Type.Object({ cycles: Type.Array(CycleRank, { maxItems: 1000 }), best: CycleRank, taken: CycleRank, better: Type.Integer({ minimum: 0 }) }),
  steps: Type.Array(Type.Object({
    change: Type.Union([PatternChange, GreenChange, Type.Object({ kind: Type.Literal('cycle'), ...Cycle }), Type.Object({ kind: Type.Literal('link-speed'), added_mps: Type.Number(), link: Type.Optional(Type.Object({ from: Word, to: Word })) })]),
    value_s: Type.Number(), gain_s: Type.Number(), share: Type.Number(), gain_share: Type.Number(),
  }), { maxItems: 10 * MOST_SIGNALS }),
  conflict: Type.Optional(Type.Object({
    ...Cycle, least_s: Type.Number(), directions: Type.Union([Type.Literal('both'), Direction]), signals: Words(MOST_SIGNALS),
    resolutions: Type.Array(Type.Union([
      Type.Object({ kind: Type.Literal('cycle'), ...Cycle, side: Type.Union([Type.Literal('longer'), Type.Literal('shorter')]), onwards: Type.Boolean() }),
      PatternChange, GreenChange, Type.Object({ kind: Type.Literal('speed'), added_kmh: Type.Number() }),
    ]), { maxItems: 10 * MOST_SIGNALS }),
  })),
  sentences: Sentences,
})
const Loser = Type.Object({
  kind: Type.Union([Type.Literal('side-street'), Type.Literal('turning'), Type.Literal('pedestrian'), Type.Literal('through')]), signal: Word, movement: Type.Optional(Word), name: Type.String({ maxLength: 500 }),
  measure: Word, before: Type.Number(), after: Type.Number(), limit: Type.Optional(Type.Number()), sentence: Type.String({ maxLength: 2000 }),
})

/** `greenwave.plan/1`, as `greenwave plan` writes it. */
export const PlanSchema = Type.Object({
  format: Type.Literal('greenwave.plan/1'), id: Word, scenario: Type.String({ maxLength: 500 }), corridor: Word, period: Word, cycle_s: Type.Number({ exclusiveMinimum: 0, maximum: 1000 }),
  intersections: Type.Array(Intersection, { maxItems: MOST_SIGNALS }), bands: Type.Array(Band, { maxItems: 2 }), link_bands: Type.Optional(LinkBands), paths: Type.Optional(PathBands),
  certificate: Type.Object({ objective: Type.Union([Type.Literal('band'), Type.Literal('delay')]), value: Type.Number(), bound: Type.Number(), gap: Type.Number(), proven: Type.Boolean(), method: Type.String({ maxLength: 500 }), sentence: Type.String({ maxLength: 2000 }) }),
  insight: Type.Optional(Insight), losers: Type.Array(Loser, { maxItems: 10_000 }),
  provenance: Type.Object({
    version: Type.String({ maxLength: 100 }), seed: Type.Number(), inputs: Type.Record(Type.String({ maxLength: 200 }), Type.String({ maxLength: 200 })), objective: Type.String({ maxLength: 100 }),
    assumptions: Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 1000 }),
  }),
}, { description: 'A plan document, greenwave.plan/1' })

const Timing = Type.Object({ cycle_s: Length, offset_s: Seconds, durations_s: Type.Array(Length, { maxItems: MOST_PARTS }) })
const Parts = Type.Union([Type.Object({ kind: Type.Literal('rings'), barriers: Barriers }, { additionalProperties: false }), Type.Object({ kind: Type.Literal('stages'), stages: Stages }, { additionalProperties: false })])
const Sequence = Type.Array(Words(MOST_PARTS), { maxItems: MOST_PARTS })

/** With old and new value: an edit that was written on something else is refused, and every edit can be taken back. */
export const EditSchema = Type.Union([
  Type.Object({ kind: Type.Literal('offset'), signal: Word, was_s: Seconds, becomes_s: Seconds }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('edge'), signal: Word, parts: Type.Array(Type.Object({ part: Type.Integer({ minimum: 0 }), was_s: Length, becomes_s: Length }), { minItems: 1, maxItems: MOST_PARTS }) }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('sequence'), signal: Word, was: Sequence, becomes: Sequence }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('parts'), signal: Word, was: Parts, becomes: Parts }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('cycle'), was_s: Length, becomes_s: Length, signals: Type.Array(Type.Object({ signal: Word, was: Timing, becomes: Timing }), { minItems: 1, maxItems: MOST_SIGNALS }) }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('speed'), direction: Direction, to: Word, was_mps: Type.Number(), becomes_mps: Type.Number({ exclusiveMinimum: 0, maximum: 60 }) }, { additionalProperties: false }),
])

/** The compiler says here when the wire and the model part. */
export const planOf = (wire: Static<typeof PlanSchema>): Plan => wire
export const editsOf = (wire: readonly Static<typeof EditSchema>[]): readonly PlanEdit[] => wire
