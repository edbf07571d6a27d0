import Share2 from 'lucide-solid/icons/share-2'
import { createSignal, type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { copyLink, openFile, saveScenario } from '../app/scenarios.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { Menu, type MenuAt, type MenuItem } from '../parts/menu.tsx'
import { words } from '../words.ts'

/** Links and files: what carries a run to somebody else and back. */
export function ShareMenu(): JSX.Element {
  const { workshop } = useApp()
  const [menu, setMenu] = createSignal<MenuAt>()
  let picker!: HTMLInputElement
  const items = (): readonly MenuItem[] => [
    ...(workshop.traced() === undefined
      ? []
      : [{ title: words.share.copyTraced, run: () => void copyLink(workshop) }]),
    ...(workshop.run()?.opening.world === 'simulated'
      ? [
          { title: words.share.copyLink, run: () => void copyLink(workshop) },
          { title: words.share.save, run: () => saveScenario(workshop) },
        ]
      : []),
    { title: words.share.open, run: () => picker.click() },
  ]
  return (
    <>
      <IconButton
        label={words.top.share}
        onClick={(event) => {
          const { left, bottom } = (event.currentTarget as HTMLElement).getBoundingClientRect()
          setMenu({ x: left, y: bottom + 4, label: '', items: items() })
        }}
      >
        <Share2 size={16} />
      </IconButton>
      <input
        ref={(element) => {
          picker = element
        }}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label={words.share.open}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? []
          event.currentTarget.value = ''
          if (file !== undefined) void openFile(workshop, file)
        }}
      />
      <Show when={menu()}>{(at) => <Menu at={at()} close={() => setMenu(undefined)} />}</Show>
    </>
  )
}
