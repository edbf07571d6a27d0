/** Whether an address means this machine and no other. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '')
  return name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name)
}

/**
 * Whether a page of that origin may open a session here.
 *
 * Any page that a browser shows can try to connect to a server on loopback, so the server looks at
 * where the page came from. A server on loopback takes loopback pages only: comparing Origin with
 * Host would let a foreign name in that was rebound to 127.0.0.1. One that was told to listen
 * elsewhere also takes pages of the host that they asked for. Programs send no Origin and are let in.
 */
export function isOriginAllowed(
  origin: string | undefined,
  hostHeader: string | undefined,
  listening: string,
): boolean {
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  const page = new URL(origin)
  if (isLoopback(page.hostname)) return true
  return !isLoopback(listening) && page.host === hostHeader
}
