import { type JSX, Match, onCleanup, onMount, Switch } from 'solid-js'
import { keyCommands } from './app/commands.ts'
import { AppContext } from './app/context.ts'
import { listenForKeys } from './app/keys.ts'
import { openFirst, openLink } from './app/scenarios.ts'
import { createView } from './app/view.ts'
import { Workshop } from './app/workshop.ts'
import { Help } from './dialogs/help.tsx'
import { Palette } from './dialogs/palette.tsx'
import { Partition } from './dialogs/partition.tsx'
import { Announcer } from './panels/announcer.tsx'
import { Frame } from './frame.tsx'
import type { Connect } from './session/transport.ts'

/** The page: one workshop, its frame of panels, its dialogs and its keys. */
export function App(props: { connect: Connect }): JSX.Element {
  const view = createView()
  const workshop = new Workshop(props.connect, openFirst)
  const app = { workshop, view }
  onMount(() => {
    const stop = listenForKeys(() => keyCommands(app))
    const onHash = (): void => {
      if (location.hash !== '') openLink(workshop, location.hash.slice(1))
    }
    addEventListener('hashchange', onHash)
    onCleanup(() => {
      stop()
      removeEventListener('hashchange', onHash)
    })
  })
  return (
    <AppContext.Provider value={app}>
      <Frame />
      <Switch>
        <Match when={view.dialog() === 'help'}>
          <Help />
        </Match>
        <Match when={view.dialog() === 'palette'}>
          <Palette />
        </Match>
        <Match when={view.dialog() === 'partition'}>
          <Partition />
        </Match>
      </Switch>
      <Announcer />
    </AppContext.Provider>
  )
}
