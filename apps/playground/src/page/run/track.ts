/** What the player walks over: rows in the order in which they happened. Times in microseconds. */
export interface Track {
  readonly length: number
  /** When the last row happened. */
  readonly end: number
  /** The last row that happened at or before a time; -1 before the first. */
  rowAt(at: number): number
  timeOf(row: number): number
  /** The last row of the event that `row` belongs to. */
  eventEnd(row: number): number
  /** The last row of the next event (`by` 1) or of the one before (`by` -1); -1 is before all rows. */
  eventFrom(row: number, by: 1 | -1): number
}
