/** The port of `lockstep play` where nobody says another. */
export const playPort = 8080

/** Where a page that `lockstep play` serves opens a scenario, given as a link's fragment. */
export function pageUrl(fragment: string): string {
  return `http://127.0.0.1:${playPort}/#${fragment}`
}

/** Where a page that `lockstep play` serves opens an experiment of the list. */
export function experimentUrl(id: string): string {
  return `http://127.0.0.1:${playPort}/?experiment=${encodeURIComponent(id)}`
}
