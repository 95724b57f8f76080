/** What every proof of an optimizer says, in the unit of its own objective and for its own model, not for the street. */
export interface Proof {
  /** Of the answer, by the checker. */
  readonly value: number
  /** No answer is better. */
  readonly bound: number
  /** Distance of value and bound, at least 0. */
  readonly gap: number
  /** `gap` as a share of the bound; 0 where that is 0. */
  readonly gap_share: number
  /** Whether the gap is closed within the tolerance asked for. */
  readonly proven: boolean
  /** `effort`: it ended early, unproven. */
  readonly stopped: 'proven' | 'effort'
}
