// Asking a site for statuses and giving it commands: what stands between messages and the adapter.
import { GreenwaveError } from '../../../model/errors.ts'
import { type StatusName, type StatusValue, timeOfStamp } from './codec.ts'
import type { Settings } from './config.ts'
import { type Arguments, commandFields, type Writable } from './plan.ts'
import type { Question, Reply, RsmpSite } from './session.ts'

export const names = (code: string, ...all: string[]): StatusName[] => all.map((n) => ({ sCI: code, n }))
const keyOf = ({ sCI, n }: StatusName): string => `${sCI} ${n}`

export interface Statuses {
  /** Values that are there, as `S0014 status`. */
  values: Map<string, string>
  /** By the site's clock. */
  time_s: number
}

/** What the site says. What it has no value for is not there. Throws as RsmpSite.ask. */
export async function askStatuses(site: RsmpSite, component: string, wanted: readonly StatusName[], signal: AbortSignal): Promise<Statuses> {
  const keys = wanted.map(keyOf).sort().join()
  const answers = (reply: Reply): boolean => reply.type === 'StatusResponse' && isOf(reply, component) && reply.sS.map(keyOf).sort().join() === keys
  const reply = await site.ask({ type: 'StatusRequest', fields: { cId: component, sS: wanted }, answers, note: `status ${[...new Set(wanted.map(({ sCI }) => sCI))].join(', ')}` }, signal)
  if (reply?.type !== 'StatusResponse') throw new GreenwaveError('controller.malformed', 'the site answered something else')
  return { values: valuesOf(reply.sS), time_s: timeOfStamp(reply.sTs) }
}

export const valuesOf = (statuses: readonly StatusValue[]): Map<string, string> => new Map(statuses.flatMap((one): [string, string][] => (one.s === null ? [] : [[keyOf(one), one.s]])))

const isOf = ({ cId }: Reply, component: string): boolean => cId === '' || cId === component

/** Subscribes; a site that wants its booleans in the other form is asked in that form once. Out: the form it took. Throws as RsmpSite.ask. */
export async function subscribe(site: RsmpSite, { component }: Settings, wanted: readonly StatusName[], form: Settings['boolean_form'], signal: AbortSignal): Promise<Settings['boolean_form']> {
  // Told only since core 3.1.5.
  const withForm = /^3\.1\.[0-4]$/.test(site.version) ? undefined : form
  const question = (as: Settings['boolean_form'] | undefined): Question => ({
    type: 'StatusSubscribe', note: 'subscription',
    fields: { cId: component, sS: wanted.map((one) => ({ ...one, uRt: '1', ...(as === undefined ? {} : { sOc: as === 'boolean' ? true : 'True' }) })) },
  })
  try {
    await site.ask(question(withForm), signal)
    return form
  } catch (error) {
    if (withForm === undefined || !(error instanceof GreenwaveError) || error.code !== 'controller.refused') throw error
    const other = form === 'boolean' ? 'text' : 'boolean'
    await site.ask(question(other), signal)
    return other
  }
}

/** Reasons of a refusal that mean the security code: it is never tried again. */
const CODE_REFUSED = /code|secur|password|auth/i

/** Gives commands; after a wrong security code none, because controllers lock those who guess. */
export class Commander {
  readonly #site: RsmpSite
  readonly #settings: Settings
  readonly #code: () => string | undefined
  #refused: string | undefined

  constructor(site: RsmpSite, settings: Settings, code: () => string | undefined) {
    this.#site = site
    this.#settings = settings
    this.#code = code
  }

  get hasCode(): boolean { return (this.#code() ?? '') !== '' }

  /** Throws as RsmpSite.ask; controller.refused as well where the answer tells another value than was sent. */
  async give(code: Writable, values: Arguments, signal: AbortSignal): Promise<void> {
    const { component, site } = this.#settings
    const secret = this.#code()
    if (secret === undefined || secret === '') throw new GreenwaveError('controller.refused', `there is no secret "${this.#settings.code}" for commands to site ${site}`)
    if (this.#refused !== undefined) throw new GreenwaveError('controller.refused', `no more commands to site ${site}: ${this.#refused}`)
    const answers = (reply: Reply): boolean => reply.type === 'CommandResponse' && isOf(reply, component) && reply.rvs.every(({ cCI }) => cCI === code)
    let reply: Reply | undefined
    try {
      reply = await this.#site.ask({ type: 'CommandRequest', fields: commandFields(component, code, values, secret), answers, secret, note: `command ${code}` }, signal)
    } catch (error) {
      if (error instanceof GreenwaveError && error.code === 'controller.refused' && CODE_REFUSED.test(error.message.split(':').slice(1).join(':'))) this.#refused = error.message
      throw error
    }
    for (const { n, v, age } of reply?.type === 'CommandResponse' ? reply.rvs : []) {
      if (age === 'undefined' || age === 'unknown') throw new GreenwaveError('controller.refused', `site ${site} does not know ${code} ${n}`)
      if (n in values && v !== values[n]) throw new GreenwaveError('controller.refused', `site ${site} answers ${code} ${n} "${v ?? ''}", not "${values[n]}"`)
    }
  }
}
