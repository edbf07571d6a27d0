/**
 * Whether something that a test needs is on this machine. Where it is not, the reason and the remedy
 * are printed and the caller skips its tests by name; if `LOCKSTEP_REQUIRE`, a list with commas,
 * names the need, this throws instead.
 */
export function isAvailable(
  need: string,
  isThere: boolean,
  remedy: string,
  required: string = process.env['LOCKSTEP_REQUIRE'] ?? '',
): boolean {
  if (isThere) return true
  if (required.split(',').includes(need)) {
    throw new Error(`There is no ${need}, and LOCKSTEP_REQUIRE says that it is needed. ${remedy}`)
  }
  console.warn(`Skipped: there is no ${need}. ${remedy}`)
  return false
}
