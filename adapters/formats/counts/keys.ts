// Movements by compass approach and turn (EBT, SBL): from the name that the source gives, or else from geometry.
import type { Link, Movement, Network } from '../../../model/network.ts'

const TURN_LETTER: Record<Movement['turn'], string> = { 'left': 'L', 'through': 'T', 'right': 'R', 'u-turn': 'U' }
const QUARTERS = ['EB', 'NB', 'WB', 'SB'] as const

/** Key of each movement at a junction; where two movements of a node have the same key, the first keeps it. */
export function movementKeys(network: Network): Map<string, string> {
  const links = new Map(network.links.map((link) => [link.id, link]))
  const taken = new Set<string>()
  const keys = new Map<string, string>()
  for (const movement of network.movements) {
    const key = keyOf(movement, links.get(movement.from))
    if (key === undefined || taken.has(`${movement.node} ${key}`)) continue
    taken.add(`${movement.node} ${key}`)
    keys.set(movement.id, key)
  }
  return keys
}

function keyOf(movement: Movement, from: Link | undefined): string | undefined {
  const named = /^((?:NB|SB|EB|WB|NE|NW|SE|SW)[LTRU])2?$/.exec(movement.name ?? '')
  if (named !== null) return named[1]
  // Movements without a name at a node that is no signal are bends of a road.
  if (movement.signal === undefined) return undefined
  const [a, b] = [from?.shape_m?.at(-2), from?.shape_m?.at(-1)]
  if (a === undefined || b === undefined) return undefined
  const quarter = Math.round(Math.atan2(b[1] - a[1], b[0] - a[0]) / (Math.PI / 2))
  return `${QUARTERS[(quarter + 4) % 4]}${TURN_LETTER[movement.turn]}`
}
