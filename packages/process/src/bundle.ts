const bundles = new WeakSet<readonly object[]>()

/**
 * Says of objects that they go to several receivers together, or to the disk as well, so that a world
 * which encodes them does so once. As a field of a message they arrive as the array that they are.
 */
export function bundled<Item extends object>(items: readonly Item[]): readonly Item[] {
  bundles.add(items)
  return items
}

/** Whether that was said of a value. */
export function isBundle(value: unknown): value is readonly object[] {
  return Array.isArray(value) && bundles.has(value)
}
