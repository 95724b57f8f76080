// What of a layer has to be painted anew: everything on it is a mark with a key that says how it looks; whatever has another key than before, or is gone,
// leaves its box to be painted. Pixels of the plane of time (a) and street (b). Pure.

export interface Box { a0: number; b0: number; a1: number; b1: number }

export interface Mark { key: string; box: Box }

/** Beyond this share of the layer one pass over all of it is cheaper. */
const MOST_SHARE = 0.7

const touch = (x: Box, y: Box): boolean => x.a0 <= y.a1 && y.a0 <= x.a1 && x.b0 <= y.b1 && y.b0 <= x.b1
const around = (x: Box, y: Box): Box => ({ a0: Math.min(x.a0, y.a0), b0: Math.min(x.b0, y.b0), a1: Math.max(x.a1, y.a1), b1: Math.max(x.b1, y.b1) })
const areaOf = ({ a0, b0, a1, b1 }: Box): number => (a1 - a0) * (b1 - b0)

/** Boxes apart from each other that hold every mark that came, went or changed; on whole pixels of a screen of this ratio, within the layer. */
export function damageOf(before: ReadonlyMap<string, Mark>, after: ReadonlyMap<string, Mark>, layer: Box, ratio: number): Box[] {
  const boxes: Box[] = []
  const add = ({ box }: Mark): void => {
    const [a0, b0] = [Math.max(layer.a0, Math.floor(box.a0 * ratio) / ratio), Math.max(layer.b0, Math.floor(box.b0 * ratio) / ratio)]
    const [a1, b1] = [Math.min(layer.a1, Math.ceil(box.a1 * ratio) / ratio), Math.min(layer.b1, Math.ceil(box.b1 * ratio) / ratio)]
    if (a1 > a0 && b1 > b0) lay(boxes, { a0, b0, a1, b1 })
  }
  for (const [key, mark] of after) if (!before.has(key)) add(mark)
  for (const [key, mark] of before) if (!after.has(key)) add(mark)
  return boxes.reduce((sum, box) => sum + areaOf(box), 0) > MOST_SHARE * areaOf(layer) ? [layer] : boxes
}

/** Those it touches become one with it, and so on: no pixel is painted twice. */
function lay(boxes: Box[], box: Box): void {
  let all = box
  for (let i = boxes.findIndex((one) => touch(one, all)); i >= 0; i = boxes.findIndex((one) => touch(one, all))) all = around(all, boxes.splice(i, 1)[0]!)
  boxes.push(all)
}

export const marksByKey = (marks: Iterable<Mark>): Map<string, Mark> => new Map(Array.from(marks, (mark) => [mark.key, mark]))
