// Things that are replaced when they change, as numbers that a key can hold.
let last = 0
const numbers = new WeakMap<object, number>()

export function numberOf(thing: object): number {
  const known = numbers.get(thing) ?? ++last
  numbers.set(thing, known)
  return known
}
