import { Crc32c } from '@aws-crypto/crc32c'

/** CRC-32C (Castagnoli) of the parts, as if they stood one behind the other. */
export function checksum(...parts: readonly Uint8Array[]): number {
  const crc = new Crc32c()
  for (const part of parts) crc.update(part)
  return crc.digest() >>> 0
}
