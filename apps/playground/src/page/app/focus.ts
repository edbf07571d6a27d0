/** Elements that commands bring the keyboard to. */
export const focusIds = { console: 'client-console', search: 'event-search' } as const

function focus(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus())
}

/** Brings the keyboard to the client console. */
export function focusConsole(): void {
  focus(focusIds.console)
}

/** Brings the keyboard to the filter of the event list. */
export function focusSearch(): void {
  focus(focusIds.search)
}
