import { checksum } from './checksum.ts'
import type { SyncedFile } from './files.ts'
import type { IsIntact } from './frame.ts'
import type { SnapshotMarker } from './snapshot.ts'

/** The decisions on which durability rests. Tests replace one of them to prove that they would notice. */
export interface WalRules {
  /** Are these the bytes that were written? */
  readonly isIntact: IsIntact
  /** Which snapshot file counts: the one that the newest marker names, never one that merely exists. */
  snapshotToBelieve(
    newestMarker: SnapshotMarker | undefined,
    present: readonly string[],
  ): string | undefined
  /** Resolves when the frame may be reported as durable. */
  makeDurable(file: SyncedFile, parts: readonly Uint8Array[], at: number): Promise<void>
}

/** The rules that hold. */
export const walRules: WalRules = {
  isIntact: (written, header, payload) => written === checksum(header, payload),
  snapshotToBelieve: (newestMarker) => newestMarker?.file,
  makeDurable: (file, parts, at) => file.write(parts, at),
}
