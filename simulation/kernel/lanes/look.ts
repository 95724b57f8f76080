// What a driver sees of the lanes of its link: who is ahead and behind on each, how fast it could drive there, and how
// much of a lane is taken. One object serves a whole run; it is set anew for every link and vehicle.
import { brakeDistance, idmFollow, idmFree, kraussFollow } from '../car-following.ts'
import type { World } from '../world.ts'
import { behindIsFree, secureGap } from './secure-gap.ts'

/** Links whose vehicles count as being on the lane ahead. */
const SIGHT_LINKS = 8
/** What was seen of them is not looked at again for so long, s. */
const MEMORY_S = 1
const FOREVER = 1e9

/** Whoever is further ahead does not count, m: the acceleration of an IDM driver at 60 km/h is 2 % less for somebody there. */
const FAR_FOR_IDM_M = 150

/** Beyond this distance nobody makes a Krauss driver slower than v. */
const farFor = (v: number, tau: number, b: number): number => v * tau + (v * v) / (2 * b)

export class LaneLook {
  readonly #w: World
  /** Per lane of the link: how many vehicles are ahead of the one looked at. */
  readonly place: Int32Array
  /** Per lane of the link: the vehicle to be looked at next (-1 = none) and its position. */
  readonly next: Int32Array
  readonly nextX: Float64Array
  first = 0
  end = 0
  v = -1
  lane = 0
  x = 0
  /** Cells of the vehicle's leg in the route book. */
  table = 0
  offset = 0
  reach = 0
  /** Since the driver thought of lanes last, s. */
  elapsed = 0
  /** Found by `isFree`: the neighbours on the lane asked about (-1 = nobody) with net gaps, and which of them are too near. */
  leader = -1
  leaderGap = 0
  follower = -1
  followerGap = 0
  leaderBlocks = false
  followerBlocks = false
  #here = -1
  /** Per cell of the route book: load of the lanes beyond, and the step in which it was added up. */
  #beyondLoad = new Float32Array(0)
  #lookedAt = new Int32Array(0)
  readonly #memory: number

  constructor(w: World) {
    this.#w = w
    this.#memory = Math.max(1, Math.round(MEMORY_S / w.dt))
    let most = 1
    for (let link = 0; link < w.p.links; link++) most = Math.max(most, w.p.linkLane[link + 1]! - w.p.linkLane[link]!)
    this.place = new Int32Array(most)
    this.next = new Int32Array(most)
    this.nextX = new Float64Array(most)
  }

  /** Routes are added on the way. */
  #grow(): void {
    const size = this.#w.book.reach.length
    const [load, at] = [this.#beyondLoad, this.#lookedAt]
    this.#beyondLoad = new Float32Array(size)
    this.#beyondLoad.set(load)
    this.#lookedAt = new Int32Array(size).fill(-FOREVER)
    this.#lookedAt.set(at)
  }

  begin(first: number, end: number): void {
    this.first = first
    this.end = end
    for (let k = end - first - 1; k >= 0; k--) this.place[k] = 0
  }

  /** Sets the next vehicle of a lane. */
  show(lane: number): void {
    const w = this.#w
    const k = lane - this.first
    const i = this.place[k]!
    const v = i < w.count[lane]! ? w.at(lane, i) : -1
    this.next[k] = v
    this.nextX[k] = v < 0 ? -Infinity : w.pos[v]!
  }

  at(v: number, lane: number, x: number, table: number): void {
    const { book } = this.#w
    this.v = v
    this.lane = lane
    this.x = x
    this.table = table
    this.offset = book.offset[table + lane - this.first]!
    this.reach = book.reach[table + lane - this.first]!
    this.#here = -1
  }

  /** Metres of lane that vehicles ahead take up, on the lane and where it leads on without a change. */
  occupation(lane: number): number {
    const w = this.#w
    const n = w.count[lane]!
    const sum = n === 0 ? 0 : (w.load[lane]! * this.place[lane - this.first]!) / n
    const cell = this.table + lane - this.first
    if (cell >= this.#beyondLoad.length) this.#grow()
    if (this.#lookedAt[cell]! <= w.step - this.#memory) {
      this.#beyondLoad[cell] = this.#loadBeyond(lane)
      this.#lookedAt[cell] = w.step
    }
    return sum + this.#beyondLoad[cell]!
  }

  #loadBeyond(lane: number): number {
    const w = this.#w
    let sum = 0
    let leg = w.leg[this.v]!
    let at = lane
    for (let k = 0; k < SIGHT_LINKS && w.book.legLast[leg] === 0; k++) {
      const c = w.nextConnection(at, leg)
      if (c < 0) break
      at = w.p.connTo[c]!
      sum += w.load[at]!
      leg++
    }
    return sum
  }

  /** Whether the vehicle ahead makes a planned halt. */
  leaderHalts(): boolean {
    const i = this.place[this.lane - this.first]!
    return i > 0 && this.#w.dwellUntil[this.#w.at(this.lane, i - 1)]! > this.#w.now
  }

  /** Speed that the vehicle can expect on its own lane. */
  here(): number {
    if (this.#here < 0) this.#here = this.#expected(this.lane)
    return this.#here
  }

  there(target: number): number {
    return this.#expected(target)
  }

  #expected(lane: number): number {
    const w = this.#w
    const { v, x } = this
    const speed = w.spd[v]!
    const i = this.place[lane - this.first]!
    let leader = -1
    let gap = 0
    if (i > 0) {
      leader = w.at(lane, i - 1)
      gap = w.pos[leader]! - w.len[leader]! - x - w.gap0[v]!
    } else {
      const rest = w.p.length[lane]! - x
      if (rest < brakeDistance(speed, w.dec[v]!, w.dt) + speed * w.tau[v]! + w.gap0[v]!) {
        leader = this.#beyond(lane, 1, 0)
        gap = rest + this.#beyondBack - w.gap0[v]!
      }
    }
    // A lane that is not led by anybody ends somewhere.
    if (leader < 0) gap = w.book.reach[this.table + lane - this.first]!
    return this.#inOneSecond(lane, gap, leader)
  }

  /** The speed that is safe behind somebody (-1 = something that stands), after at most a second of acceleration. */
  #inOneSecond(lane: number, gap: number, leader: number): number {
    const w = this.#w
    const vLeader = leader < 0 ? 0 : w.spd[leader]!
    const { v } = this
    const a = w.acc[v]!
    const limit = w.desired(v, lane)
    if (w.krauss) {
      const top = Math.min(limit, w.spd[v]! + a)
      if (gap < 0) return 0
      if (gap >= farFor(limit, w.tau[v]! + w.dt, w.dec[v]!)) return top
      return Math.min(top, kraussFollow(gap, vLeader, leader < 0 ? 0 : w.dec[leader]!, w.dec[v]!, w.tau[v]!, w.dt))
    }
    const speed = w.spd[v]! + a * (1 - w.dt)
    if (gap >= FAR_FOR_IDM_M) return Math.min(limit, idmFree(speed, limit, w.idm[v]!))
    return Math.min(limit, idmFollow(speed, gap, vLeader, limit, w.idm[v]!))
  }

  #beyondBack = 0

  /** The last vehicle beyond the end of a lane on the vehicle's way, over up to `links` links that begin within `sight`; `#beyondBack` is where its back is. */
  #beyond(lane: number, links: number, sight: number): number {
    const w = this.#w
    let leg = w.leg[this.v]!
    let c = w.book.next[this.table + lane - this.first]!
    let seen = 0
    for (let k = 0; k < links && c >= 0 && (k === 0 || seen < sight); k++) {
      const strip = w.p.lanes + c
      const to = w.p.connTo[c]!
      for (const s of [strip, to]) {
        const u = w.last(s)
        if (u >= 0) {
          this.#beyondBack = seen + w.pos[u]! - w.len[u]!
          return u
        }
        seen += w.p.length[s]!
      }
      leg++
      c = w.book.legLast[leg] === 1 ? -1 : w.nextConnection(to, leg)
    }
    return -1
  }

  /** Whether the vehicle can be on a lane without anybody having to brake hard; who is in the way is left in the fields. */
  isFree(v: number, target: number): boolean {
    const w = this.#w
    const speed = w.spd[v]!
    this.#findLeader(v, target)
    this.leaderBlocks = this.leader >= 0 && (this.leaderGap < 0 || this.leaderGap < secureGap(w, v, speed, w.spd[this.leader]!, w.dec[this.leader]!))
    const i = this.place[target - this.first]!
    const back = this.x - w.len[v]!
    if (i < w.count[target]!) {
      const f = w.at(target, i)
      this.follower = f
      this.followerGap = back - w.pos[f]! - w.gap0[f]!
      this.followerBlocks = this.followerGap < 0 || this.followerGap < secureGap(w, f, w.spd[f]!, speed, w.dec[v]!)
    } else {
      this.follower = -1
      this.followerBlocks = !behindIsFree(w, target, i, back, speed, w.dec[v]!)
    }
    return !this.leaderBlocks && !this.followerBlocks
  }

  #findLeader(v: number, target: number): void {
    const w = this.#w
    const i = this.place[target - this.first]!
    if (i > 0) {
      const u = w.at(target, i - 1)
      this.leader = u
      this.leaderGap = w.pos[u]! - w.len[u]! - this.x - w.gap0[v]!
      return
    }
    this.leader = -1
    const rest = w.p.length[target]! - this.x
    // Who left the lane last may still cover its end.
    const out = w.lastOut[target]!
    if (out >= 0 && w.strip[out]! >= 0) {
      const back = w.odo[out]! - w.lastOutLine[target]! - w.len[out]!
      if (back < 0) {
        this.leader = out
        this.leaderGap = rest + back - w.gap0[v]!
        return
      }
    }
    const sight = brakeDistance(w.spd[v]!, w.dec[v]!, w.dt) + w.spd[v]! * w.tau[v]! + w.gap0[v]!
    if (rest >= sight) return
    this.leader = this.#beyond(target, SIGHT_LINKS, sight - rest)
    this.leaderGap = rest + this.#beyondBack - w.gap0[v]!
  }
}
