import { crc32c } from '@node-rs/crc32'

/** CRC-32C (Castagnoli) of the parts, as if they stood one behind the other. */
export function checksum(...parts: readonly Uint8Array[]): number {
  let crc = 0
  for (const part of parts) crc = crc32c(part, crc)
  return crc >>> 0
}

/** The checksum of what has that checksum with a part behind it; 0 for nothing. */
export function checksumOn(before: number, part: Uint8Array): number {
  return crc32c(part, before) >>> 0
}
