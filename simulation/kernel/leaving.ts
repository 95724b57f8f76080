// When a vehicle that has announced itself will have left its connection, which those ahead of it and on paths across can
// delay. Hardly anybody asks, so it is worked out when somebody does, or when the reservations it rests on are about to change.
import { type Arrival, arrivalAt, LEAVES_BEHIND, newArrival, runTo, setArrival, SLOWING } from './approach.ts'
import { idmFollow, kraussFollow } from './car-following.ts'
import { MERGING, YIELD_ONLY } from '../prepare.ts'
import type { World } from './world.ts'

const its = newArrival()

/** Works out the times of announcement k for connection c, if they are not known. Nobody moves while speeds are planned, so it does not matter when. */
export function knowArrival(w: World, k: number, c: number): void {
  const pending = w.comingPending[k]!
  if (pending === 0) return
  const v = w.comingVehicle[k]!
  const seen = w.comingDistance[k]!
  const length = w.p.length[w.p.lanes + c]!
  arrivalAt(w, v, c, seen, w.comingPass[k]!, length, (pending & SLOWING) !== 0, runTo(w, c, seen), w.comingBehind[k]!, its)
  if ((pending & LEAVES_BEHIND) !== 0) leaveBehind(w, v, c, seen, length, its)
  setArrival(w, k, its)
}

/** To be called before the reservations on connection c change: those who announced themselves across it leave by what holds until now. */
export function settleAcross(w: World, c: number): void {
  if (w.comingCount === 0) return
  const { p } = w
  for (let z = p.zoneStart[c]!; z < p.zoneStart[c + 1]!; z++) {
    const foe = p.zoneFoe[z]!
    for (let k = w.comingHead[foe]!; k >= 0; k = w.comingNext[k]!) {
      if ((w.comingPending[k]! & LEAVES_BEHIND) !== 0) knowArrival(w, k, foe)
    }
  }
}

/** Whoever is ahead on the connection, on the lane beyond or on a path across makes me leave the junction later. */
export function leaveBehind(w: World, v: number, c: number, toLine: number, length: number, mine: Arrival): void {
  const { p } = w
  const strip = p.lanes + c
  const top = w.desired(v, strip)
  const fast = mine.leaveSpeed
  let u = w.last(strip)
  let slow = Infinity
  if (u === v) u = -1
  if (u >= 0) slow = speedThen(w, v, u, toLine + w.pos[u]! - w.len[u]! - w.gap0[v]!, fast, top)
  else {
    u = w.last(p.connTo[c]!)
    if (u >= 0) slow = speedThen(w, v, u, toLine + p.length[strip]! + w.pos[u]! - w.len[u]! - w.gap0[v]!, fast, top)
  }
  for (let z = p.zoneStart[c]!; w.foesIn[c]! > 0 && z < p.zoneStart[c + 1]!; z++) {
    const list = w.reserved[p.zoneFoe[z]!]!
    for (let i = 0; i < list.length; i++) {
      const id = list[i]!
      const foe = w.resVehicle[id]!
      const front = w.odo[foe]! - w.resLine[id]!
      const back = front - w.len[foe]!
      if (foe === v || front < 0 || back >= p.zoneFoeTo[z]! || p.zoneKind[z] === YIELD_ONLY) continue
      if (front <= p.zoneFoeFrom[z]! && w.resRank2[id] === Infinity) continue
      slow = Math.min(slow, speedThen(w, v, foe, gapBehindFoe(w, v, z, toLine, back), fast, top))
    }
  }
  if (slow >= fast) return
  mine.leaveSpeed = Math.max(0, slow)
  mine.leave = mine.arrive + (length + w.len[v]!) / Math.max(0.5 * (mine.speed + mine.leaveSpeed), 0.1)
}

/** Speed behind u at this gap for somebody who has got as fast as `speed`. */
function speedThen(w: World, v: number, u: number, gap: number, speed: number, top: number): number {
  if (gap < 0) return 0
  if (w.krauss) return kraussFollow(gap, w.spd[u]!, w.dec[u]!, w.dec[v]!, w.tau[v]!, w.dt)
  return idmFollow(speed, gap, w.spd[u]!, top, w.idm[v]!)
}

/** Net gap of v, whose line lies `toLine` ahead, to a foe with its rear `back` beyond its own line: at a merge along the common path, else to where the foe is clear of zone z. */
export function gapBehindFoe(w: World, v: number, z: number, toLine: number, back: number): number {
  const { p } = w
  return toLine + p.zoneFrom[z]! - w.gap0[v]! - (p.zoneKind[z] === MERGING ? p.zoneFoeFrom[z]! : p.zoneFoeTo[z]!) + back
}
