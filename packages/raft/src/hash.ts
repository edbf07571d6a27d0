/** A hash of a text (FNV-1a, 32 bits), as a signed number: it is to notice accidents and to spread keys, not to stop attacks. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}
