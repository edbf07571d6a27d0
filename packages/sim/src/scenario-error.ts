/** A scenario that cannot run: which field, what was expected there, what was found. */
export class ScenarioError extends Error {
  readonly code: string = 'bad-scenario'
  /** Where in the scenario, such as `faults[2].at`. */
  readonly path: string
  readonly expected: string

  constructor(path: string, expected: string, found: unknown) {
    const shown = JSON.stringify(found) ?? 'nothing'
    super(
      `${path}: expected ${expected}, found ${shown.length > 80 ? `${shown.slice(0, 77)}…` : shown}`,
    )
    this.name = 'ScenarioError'
    this.path = path
    this.expected = expected
  }
}
