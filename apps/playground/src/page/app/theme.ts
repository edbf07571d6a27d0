import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js'
import { createSetting } from './settings.ts'

export type Theme = 'dark' | 'light'

/** The theme that is on, from the person's choice or the system's, and a way to switch it. */
export function createTheme(): [theme: Accessor<Theme>, toggle: () => void] {
  const light = matchMedia('(prefers-color-scheme: light)')
  const [system, setSystem] = createSignal<Theme>(light.matches ? 'light' : 'dark')
  const [chosen, setChosen] = createSetting('theme', 'system')
  const onChange = (): void => {
    setSystem(light.matches ? 'light' : 'dark')
  }
  light.addEventListener('change', onChange)
  onCleanup(() => light.removeEventListener('change', onChange))
  const theme = (): Theme => {
    const kept = chosen()
    return kept === 'dark' || kept === 'light' ? kept : system()
  }
  createEffect(() => {
    document.documentElement.dataset['theme'] = theme()
  })
  return [theme, () => setChosen(theme() === 'dark' ? 'light' : 'dark')]
}
