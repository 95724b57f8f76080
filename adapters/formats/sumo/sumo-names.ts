// Ids that SUMO accepts: ours where they are legal, else with the offending characters replaced, never two alike.
/** SUMO refuses these anywhere in an id, and ":" at its start (internal edges). */
const ILLEGAL = /[\s|\\'";,<>&!*?%#()[\]{}]/g

export class SumoNames {
  readonly #names = new Map<string, string>()
  readonly #taken = new Set<string>()

  /** The name of one of our ids; the same id gives the same name. */
  of(id: string): string {
    const known = this.#names.get(id)
    if (known !== undefined) return known
    const wanted = id.replace(ILLEGAL, '_').replace(/^:/, '_') || '_'
    let name = wanted
    for (let i = 2; this.#taken.has(name); i++) name = `${wanted}_${i}`
    this.#names.set(id, name)
    this.#taken.add(name)
    return name
  }
}
