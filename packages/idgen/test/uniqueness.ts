/** The ids that are there more than once. */
export function repeated<Id>(ids: readonly Id[]): readonly Id[] {
  const seen = new Set<Id>()
  return ids.filter((id) => {
    const isRepeated = seen.has(id)
    seen.add(id)
    return isRepeated
  })
}
