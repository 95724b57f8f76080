// When a night may change something, and what it must have seen before. Defaults by the practice of signal retiming programmes; a network may have others.
import type { Seconds } from '../../model/units.ts'

export interface NightRules {
  /** Comparable days that a plan is made from: the newest of one type. */
  most_days: number
  /** Comparable days among which the effect of what was deployed is looked for. */
  remembered_days: number
  /** Fewer comparable days are no ground for a plan. */
  least_days: number
  /** A plan is proposed when the gain shows on so many of the last so many comparable days; fewer are asked where a person decides afterwards and they say it plainly. */
  agreeing: { least: number; of: number }
  /** Gain as a share of the delay of now, below which nothing is changed; also two standard errors. */
  gain_share: number
  /** Seeds of the simulation that decides, fewer where a person decides afterwards and the difference is plain; how long each measures. */
  runs: number
  window_s: Seconds
  /**
   * Step of the runs before those that decide: of candidates, and of single days. Gains of plans up to a tenth worse at 1 s lie within a point of those at
   * 0.5 s, less than two seeds differ, and cost about a third less; what decides is simulated in steps of 0.5 s.
   */
  screening_step_s: Seconds
  /**
   * A period is left as it is while what was found best for it runs and no volume differs by more from what it was then (GEH of veh/h: 1 is 3 % of a
   * thousand, 10 % of a hundred), until between half and all of so many comparable days are newer, by lot, so that not all corridors are planned anew in
   * one night. 0 days plan every period every night.
   */
  unchanged: { most_geh: number; most_days: number }
  /** Largest changes that go into the street without a person, against what ran the day before. */
  most_offset_s: Seconds
  most_cycle_s: Seconds
  /** The larger of both holds: seconds of green, or a share of it. */
  most_split_s: Seconds
  most_split_share: number
  /** By how much the delay of an approach may grow; what is below `felt_s` is noise of few runs and felt by nobody. */
  most_approach_share: number
  felt_s: Seconds
  /** Nights between two changes of a corridor. */
  rest_days: number
  /** Share of the corridor's periods that is left as it is, and how long each, so that the loop itself can be measured. */
  held_out_share: number
  rotation_days: number
  /** Share of the corridors that go first, and nights after which one of them that finds nothing to change holds up nobody. */
  canary_share: number
  canary_patience_days: number
  /** Share of the corridor's signalised movements with a volume. */
  least_coverage: number
  /** Vehicles seen in the corridor on the day. */
  least_vehicles: number
  /** Median share of vehicles that are probes, where it is known. */
  least_penetration: number
  /** Silence of all feeds in the hours of the day. */
  longest_silence_s: Seconds
}

export const DEFAULT_RULES: NightRules = {
  most_days: 10, remembered_days: 30, least_days: 5, agreeing: { least: 5, of: 7 }, gain_share: 0.03, runs: 10, window_s: 900, screening_step_s: 1, unchanged: { most_geh: 1, most_days: 9 }, most_offset_s: 10, most_cycle_s: 10, most_split_s: 5, most_split_share: 0.1,
  most_approach_share: 0.1, felt_s: 2, rest_days: 3, held_out_share: 0.1, rotation_days: 14, canary_share: 0.1, canary_patience_days: 7, least_coverage: 0.6, least_vehicles: 100,
  least_penetration: 0.01, longest_silence_s: 7200,
}
