import * as v from 'valibot'

/**
 * The record in the log that makes a snapshot count. The file is whole and has its name, durably,
 * before the marker is written, so a file without a marker is what a crash left half done.
 */
export interface SnapshotMarker {
  readonly file: string
  /** Length of the file. */
  readonly bytes: number
  /** CRC-32C of the file. */
  readonly checksum: number
  /** Entries below this position are not needed any more. */
  readonly keepFrom: number
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** The shape of a marker as it stands in the log. */
export const SnapshotMarkerSchema: v.GenericSchema<SnapshotMarker> = v.object({
  file: v.string(),
  bytes: count,
  checksum: count,
  keepFrom: count,
})

/** What a marker says of the file. */
export type SnapshotContent = Pick<SnapshotMarker, 'bytes' | 'checksum'>

/** The name of the snapshot that an incarnation saved as its n-th. Names sort by age. */
export function snapshotName(incarnation: number, ordinal: number): string {
  return `${incarnation.toString().padStart(10, '0')}-${ordinal.toString().padStart(10, '0')}.snapshot`
}

/** Whether a file is a snapshot, by its name. */
export function isSnapshotName(name: string): boolean {
  return /^\d{10}-\d{10}\.snapshot$/.test(name)
}
