// Tails that still lie over the end of a lane, or on the ground that all ways out of it share, while their fronts are on
// some other way, however many short strips further on.
import type { World } from './world.ts'

/** With its rear at least. */
export const isOnJunction = (w: World, u: number): boolean => w.strip[u]! >= w.p.lanes || (w.strip[u]! >= 0 && w.pos[u]! < w.len[u]!)

/** Back of the last one that left a lane, m beyond the end of the lane. */
export const backOfLastOut = (w: World, lane: number): number => {
  const u = w.lastOut[lane]!
  return w.odo[u]! - w.lastOutLine[lane]! - w.len[u]!
}

/** The last one that left `lane`, while it is in the way of those who leave it by connection c (-1: of those on the lane); else -1. */
export function findTail(w: World, lane: number, c: number): number {
  const u = w.lastOut[lane]!
  if (u < 0 || !isOnJunction(w, u)) return -1
  const back = backOfLastOut(w, lane)
  // Before the line it is in the way of all.
  if (back >= 0 && (c < 0 || c === w.lastOutConnection[lane] || back > w.p.connDiverge[c]!)) return -1
  return u
}

/** Does the rear of somebody lie on a lane over whose end its front is already? */
export const hasTailOn = (w: World, lane: number): boolean => w.lastOut[lane]! >= 0 && backOfLastOut(w, lane) < 0 && isOnJunction(w, w.lastOut[lane]!)
