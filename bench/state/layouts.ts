// Cities of the state bench that differ in all that estimates might lean on: block lengths, lanes, cycles, offsets, speeds.
export interface Layout {
  /** From the western end to the first signal, and so on. */
  spacing_m: readonly number[]
  side_m: number
  /** Length of the lane for left turns. */
  pocket_m: number
  speed_mps: number
  main_lanes: number
  side_lanes: number
  /** Divides 61,200 s, when days begin. */
  cycle_s: number
  left_s: number
  /** Green of side streets, by junction. */
  sides_s: readonly number[]
  offset_s: (layout: Layout, junction: number) => number
  /** Shares of those who turn. */
  main_turns: Turns
  side_turns: Turns
}

interface Turns { left: number; right: number }

/** Eastbound meets a green wave, a little late; westbound does not. */
function waveOffset({ spacing_m, speed_mps, cycle_s }: Layout, junction: number): number {
  const travel = spacing_m.slice(1, junction + 1).reduce((sum, metres) => sum + metres / speed_mps, 0)
  return Math.round(travel + 7 * junction) % cycle_s
}

export const LAYOUTS: Readonly<Record<string, Layout>> = {
  wide: {
    spacing_m: [420, 310, 500, 260, 450, 340, 420], side_m: 350, pocket_m: 90, speed_mps: 13.89, main_lanes: 3, side_lanes: 2, cycle_s: 90, left_s: 12, sides_s: [27, 22, 30, 24, 28, 25],
    offset_s: waveOffset, main_turns: { left: 0.08, right: 0.09 }, side_turns: { left: 0.25, right: 0.3 },
  },
  /** Long blocks, longer cycle, a lane less everywhere, offsets that suit nobody. */
  narrow: {
    spacing_m: [560, 640, 280, 380, 520], side_m: 240, pocket_m: 60, speed_mps: 16.67, main_lanes: 2, side_lanes: 1, cycle_s: 120, left_s: 16, sides_s: [36, 44, 30, 40],
    offset_s: (_, junction) => [0, 71, 23, 104, 48][junction % 5]!, main_turns: { left: 0.11, right: 0.07 }, side_turns: { left: 0.2, right: 0.25 },
  },
  /** Short blocks and a short cycle, one time for all. */
  brisk: {
    spacing_m: [300, 210, 260, 190, 240], side_m: 260, pocket_m: 50, speed_mps: 11.11, main_lanes: 2, side_lanes: 2, cycle_s: 75, left_s: 10, sides_s: [22, 18, 24, 20],
    offset_s: (_, junction) => [0, 0, 38, 38][junction % 4]!, main_turns: { left: 0.07, right: 0.12 }, side_turns: { left: 0.18, right: 0.22 },
  },
}
