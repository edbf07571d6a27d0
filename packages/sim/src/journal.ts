/** What the log of a live node says of its process. */
export interface Journal {
  /** The marks that are worth a line, and how much they matter; the others are left out. */
  readonly levels: Readonly<Record<string, 'debug' | 'info' | 'warn'>>
  /** From what `process.view()` returned, such as whom it follows; written when it changes. */
  standing(
    view: unknown,
  ): { readonly text: string; readonly facts: Readonly<Record<string, unknown>> } | undefined
}
