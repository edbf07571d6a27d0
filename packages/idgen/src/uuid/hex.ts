/** Every byte as two hexadecimal digits. A larger table would not stay in the processor's cache. */
export const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
)
