// What the emulated cabinet and tests use of the agent.
export interface Acceptance {
  bundle?: { bundleId: string; cabinetId: string; notBefore: string; expiresAt: string; mode: string; plans: AgentPlan[]; schedule: { at: string; planNo: number }[] }
  refused?: string
}
export interface AgentPlan { planNo: number; cycleS: number; offsetS: number; stages: { stageNo: number; greenS: number; yellowS: number; allRedS: number }[] }
export function sha256(bytes: string | Uint8Array): string
export function canonical(value: unknown): string
export function accept(of: { body: string | Uint8Array; jws: string | undefined; cabinet: string; keys: Readonly<Record<string, string>>; last: string; now: number; config: object }): Acceptance
export function faultOf(plan: AgentPlan, config: object): string | undefined
export function keep(file: string, state: { last: string; hash?: string }): void
export function recall(file: string): { last: string; hash?: string }
export function authorization(of: { cabinet: string; key: string; method: string; path: string; body?: string; now?: number }): string
export function phaseOf(cabinet: string, base_s: number): number
export function nextPollS(base_s: number, random?: number): number
export function backOffS(failures: number, random?: number): number
