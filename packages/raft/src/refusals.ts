/** Why a message was refused. */
export type Refusal =
  | 'malformed'
  | 'not a member'
  | 'a second leader of the term'
  | 'acknowledges what was never sent'
  | 'contradicts a committed entry'
  | 'a damaged snapshot'

/** Counts what was refused, by reason. What peers send never throws. */
export class Refusals {
  readonly #counts = new Map<Refusal, number>()

  count(reason: Refusal): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
  }

  /** The counts as plain data. */
  view(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }
}
