import type { Command } from './commands.ts'

const typing = 'input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]'
const moved = '[role=slider], [role=separator], [role=tab], input[type=range]'
/** Keys that a control uses itself while the keyboard is on it. */
const controlKeys: Readonly<Record<string, string>> = {
  ' ': 'button, summary, a, input',
  ArrowLeft: moved,
  ArrowRight: moved,
  Home: moved,
  End: moved,
}

/** Listens for the keys of commands. They rest while somebody types or a dialog or menu is open. */
export function listenForKeys(commands: () => readonly Command[]): () => void {
  const ending = new AbortController()
  const { signal } = ending
  /** A control that was reached by the pointer leaves its keys to the page. */
  let byPointer = false
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey) return
    const name = nameOf(event)
    const target = event.target instanceof Element ? event.target : document.body
    if (document.querySelector('dialog[open], [role=menu]') !== null) return
    if ((!name.startsWith('Mod+') || /^Mod\+[yz]$/.test(name)) && target.closest(typing)) return
    if (!byPointer && isControlKey(target, event.key)) return
    const command = commands().find(({ keys }) => keys.includes(name))
    if (command === undefined) return
    event.preventDefault()
    command.run()
  }
  document.addEventListener('keydown', onKeyDown, { signal })
  document.addEventListener(
    'pointerdown',
    () => {
      byPointer = true
    },
    { signal, capture: true },
  )
  document.addEventListener(
    'keydown',
    ({ key }) => {
      if (key === 'Tab') byPointer = false
    },
    { signal, capture: true },
  )
  return () => ending.abort()
}

function isControlKey(target: Element, key: string): boolean {
  const controls = controlKeys[key]
  return controls !== undefined && target.closest(controls) !== null
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (event.ctrlKey || event.metaKey) return `Mod+${key}`
  return event.shiftKey && key.startsWith('Arrow') ? `Shift+${key}` : key
}
