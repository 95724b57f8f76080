import { describe, expect, it } from 'vitest'
import type { DeploymentState } from '../ports/deployments.ts'
import { CLOSED, ENDS, EVENTS, STATES, stateAfter, type DeploymentEvent } from './states.ts'

/** As the reference of controller protocols draws it, state by state. */
const WAYS: Record<DeploymentState, Partial<Record<DeploymentEvent, DeploymentState>>> = {
  DRAFT: { 'checks-passed': 'CHECKED', 'check-failed': 'REJECTED', 'withdrawn': 'REJECTED' },
  CHECKED: { 'approved': 'APPROVED', 'check-failed': 'REJECTED', 'withdrawn': 'REJECTED' },
  APPROVED: { 'locked': 'SENDING', 'check-failed': 'REJECTED', 'withdrawn': 'REJECTED' },
  SENDING: { 'doubted': 'PARTIAL', 'read-back': 'STORED', 'contact-lost': 'UNKNOWN', 'rolled-back': 'ROLLED_BACK' },
  PARTIAL: { 'read-back': 'STORED', 'contact-lost': 'UNKNOWN', 'rolled-back': 'ROLLED_BACK' },
  STORED: { 'activated': 'ARMED', 'differs': 'MISMATCH', 'contact-lost': 'UNKNOWN', 'rolled-back': 'ROLLED_BACK' },
  MISMATCH: { 'contact-lost': 'UNKNOWN', 'rolled-back': 'ROLLED_BACK' },
  ARMED: { 'reached': 'EFFECTIVE', 'differs': 'MISMATCH', 'contact-lost': 'UNKNOWN', 'rolled-back': 'ROLLED_BACK' },
  EFFECTIVE: { 'leased': 'LEASED', 'made-permanent': 'PERMANENT', 'contact-lost': 'UNKNOWN', 'rolled-back': 'ROLLED_BACK' },
  LEASED: { 'fell-back': 'REVERTED', 'superseded': 'RETIRED', 'contact-lost': 'UNKNOWN', 'rolled-back': 'ROLLED_BACK' },
  PERMANENT: { 'superseded': 'RETIRED', 'contact-lost': 'UNKNOWN', 'rolled-back': 'ROLLED_BACK' },
  UNKNOWN: { 'reached': 'EFFECTIVE', 'fell-back': 'REVERTED', 'rolled-back': 'ROLLED_BACK' },
  REJECTED: {}, REVERTED: {}, ROLLED_BACK: {}, RETIRED: {},
}

describe('the states of a deployment', () => {
  it('go on as drawn by each event in each state, and by no other', () => {
    let ways = 0
    for (const state of STATES) {
      for (const event of EVENTS) {
        const to = WAYS[state][event]
        if (to === undefined) expect(() => stateAfter({ id: 'd', state }, event)).toThrow(`deployment "d" is ${state}; "${event}" follows on`)
        else expect([state, event, stateAfter({ id: 'd', state }, event)]).toEqual([state, event, to])
        if (to !== undefined) ways++
      }
    }
    expect(ways).toBe(Object.values(WAYS).flatMap((events) => Object.keys(events)).length)
  })

  it('end where the controller runs what was approved, or what it ran before', () => {
    expect(STATES.filter((state) => !ENDS.has(state))).toEqual(['DRAFT', 'CHECKED', 'APPROVED', 'SENDING', 'PARTIAL', 'STORED', 'MISMATCH', 'ARMED', 'UNKNOWN'])
    for (const state of STATES.filter((one) => !ENDS.has(one))) expect(Object.values(WAYS[state]).length).toBeGreaterThan(0)
    expect(STATES.filter((state) => Object.keys(WAYS[state]).length === 0 && !CLOSED.has(state))).toEqual([])
  })
})
