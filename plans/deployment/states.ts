// Which state of a deployment follows which, and by what. A table and nothing else: what is not in it throws.
import { GreenwaveError } from '../../model/errors.ts'
import { CLOSED_STATES, type DeploymentRecord, type DeploymentState } from '../ports/deployments.ts'

export const STATES = [
  'DRAFT', 'CHECKED', 'APPROVED', 'SENDING', 'PARTIAL', 'STORED', 'MISMATCH', 'ARMED', 'EFFECTIVE', 'LEASED', 'PERMANENT', 'UNKNOWN', 'REJECTED', 'REVERTED', 'ROLLED_BACK', 'RETIRED',
] as const satisfies readonly DeploymentState[]

/** From the first send on: what the controller holds may be ours. */
const SENT: readonly DeploymentState[] = ['SENDING', 'PARTIAL', 'STORED', 'MISMATCH', 'ARMED', 'EFFECTIVE', 'LEASED', 'PERMANENT']

const MOVES = {
  'checks-passed': { from: ['DRAFT'], to: 'CHECKED' },
  /** Also once approved: the baseline may have changed since, and nothing was sent. */
  'check-failed': { from: ['DRAFT', 'CHECKED', 'APPROVED'], to: 'REJECTED' },
  /** Another member of its corridor was refused, or somebody called it off. */
  'withdrawn': { from: ['DRAFT', 'CHECKED', 'APPROVED'], to: 'REJECTED' },
  'approved': { from: ['CHECKED'], to: 'APPROVED' },
  'locked': { from: ['APPROVED'], to: 'SENDING' },
  'doubted': { from: ['SENDING'], to: 'PARTIAL' },
  'read-back': { from: ['SENDING', 'PARTIAL'], to: 'STORED' },
  'differs': { from: ['STORED', 'ARMED'], to: 'MISMATCH' },
  'activated': { from: ['STORED'], to: 'ARMED' },
  /** After contact was lost: a full read and lamps that follow. */
  'reached': { from: ['ARMED', 'UNKNOWN'], to: 'EFFECTIVE' },
  'leased': { from: ['EFFECTIVE'], to: 'LEASED' },
  'made-permanent': { from: ['EFFECTIVE'], to: 'PERMANENT' },
  'fell-back': { from: ['LEASED', 'UNKNOWN'], to: 'REVERTED' },
  'contact-lost': { from: SENT, to: 'UNKNOWN' },
  'rolled-back': { from: [...SENT, 'UNKNOWN'], to: 'ROLLED_BACK' },
  'superseded': { from: ['LEASED', 'PERMANENT'], to: 'RETIRED' },
} as const satisfies Record<string, { from: readonly DeploymentState[]; to: DeploymentState }>

export type DeploymentEvent = keyof typeof MOVES
export const EVENTS = Object.keys(MOVES) as DeploymentEvent[]

/** States in which a run may end. */
export const ENDS: ReadonlySet<DeploymentState> = new Set<DeploymentState>(['EFFECTIVE', 'LEASED', 'PERMANENT', 'ROLLED_BACK', 'REVERTED', 'REJECTED', 'RETIRED'])
export const CLOSED: ReadonlySet<DeploymentState> = new Set<DeploymentState>(CLOSED_STATES)
export const wasSent = (state: DeploymentState): boolean => SENT.includes(state) || state === 'UNKNOWN'

/** Throws `deployment.state` where no way leads on. */
export function stateAfter({ id, state }: Pick<DeploymentRecord, 'id' | 'state'>, event: DeploymentEvent): DeploymentState {
  const { from, to }: { from: readonly DeploymentState[]; to: DeploymentState } = MOVES[event]
  if (!from.includes(state)) throw new GreenwaveError('deployment.state', `deployment "${id}" is ${state}; "${event}" follows on ${from.join(', ')} only`)
  return to
}
