/** Refuses broken network band problems with a sentence that names the artery or signal and the value. */
import { GreenwaveError } from '../../model/errors.ts'
import { assertBandProblem } from '../bands/validate.ts'
import { arteryProblem, type NetworkBandProblem } from './problem.ts'

/** @throws GreenwaveError `input.value`, `input.duplicate` or `input.reference` */
export function assertNetworkBandProblem(problem: NetworkBandProblem): void {
  const { nodes, arteries } = problem
  if (arteries.length === 0) throw new GreenwaveError('input.value', 'bands in a network need at least one artery, got none')
  assertUnique('signal', nodes.map(({ id }) => id))
  assertUnique('artery', arteries.map(({ id }) => id))
  const known = new Set(nodes.map(({ id }) => id))
  for (const node of nodes) {
    if (node.patterns.length === 0) throw new GreenwaveError('input.value', `signal ${node.id} has no pattern`)
    assertUnique(`pattern of signal ${node.id}`, node.patterns.map(({ id }) => id))
  }
  for (const artery of arteries) {
    if (artery.nodes.length < 2) throw new GreenwaveError('input.value', `artery ${artery.id} needs two signals or more, got ${artery.nodes.length}`)
    assertUnique(`signal of artery ${artery.id}`, artery.nodes)
    for (const id of artery.nodes) {
      if (!known.has(id)) throw new GreenwaveError('input.reference', `artery ${artery.id} passes signal ${id}, which the network lacks`)
    }
    try {
      assertBandProblem(arteryProblem(problem, artery))
    } catch (error) {
      throw new GreenwaveError('input.value', `artery ${artery.id}: ${(error as Error).message}`)
    }
  }
}

function assertUnique(what: string, ids: readonly string[]): void {
  const seen = new Set<string>()
  for (const id of ids) {
    if (seen.has(id)) throw new GreenwaveError('input.duplicate', `${what} ${id} is named twice`)
    seen.add(id)
  }
}
