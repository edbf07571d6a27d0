import { type Accessor, createSignal } from 'solid-js'
import { createSetting } from './settings.ts'
import { createTheme, type Theme } from './theme.ts'

/** Which of the dialogs is open. */
type Dialog = 'help' | 'palette' | 'partition'

/** How the page is arranged: which panels are open, and what they filter. */
export interface View {
  readonly theme: Accessor<Theme>
  readonly toggleTheme: () => void
  readonly wide: Accessor<boolean>
  readonly railOpen: Accessor<boolean>
  readonly setRailOpen: (open: boolean) => void
  readonly sideOpen: Accessor<boolean>
  readonly setSideOpen: (open: boolean) => void
  readonly spaceTime: Accessor<boolean>
  readonly setSpaceTime: (open: boolean) => void
  readonly dialog: Accessor<Dialog | undefined>
  readonly setDialog: (dialog: Dialog | undefined) => void
  /** What the event list is filtered by. */
  readonly query: Accessor<string>
  readonly setQuery: (query: string) => void
}

/** A panel that is open by choice on wide screens, and only on demand on narrow ones. */
function createPanel(
  key: string,
  wide: Accessor<boolean>,
): [Accessor<boolean>, (open: boolean) => void] {
  const [kept, setKept] = createSetting(key, true)
  const [drawn, setDrawn] = createSignal(false)
  return [
    () => (wide() ? kept() : drawn()),
    (open) => {
      if (wide()) setKept(open)
      else setDrawn(open)
    },
  ]
}

export function createView(): View {
  const [theme, toggleTheme] = createTheme()
  const query1280 = matchMedia('(min-width: 1280px)')
  const [wide, setWide] = createSignal(query1280.matches)
  query1280.addEventListener('change', () => setWide(query1280.matches))
  const [railOpen, setRailOpen] = createPanel('rail', wide)
  const [sideOpen, setSideOpen] = createPanel('side', wide)
  const [spaceTime, setSpaceTime] = createSetting('space-time', false)
  const [dialog, setDialog] = createSignal<Dialog>()
  const [query, setQuery] = createSignal('')
  return {
    theme,
    toggleTheme,
    wide,
    railOpen,
    setRailOpen,
    sideOpen,
    setSideOpen,
    spaceTime,
    setSpaceTime,
    dialog,
    setDialog: (next) => setDialog(() => next),
    query,
    setQuery: (next) => setQuery(next),
  }
}
