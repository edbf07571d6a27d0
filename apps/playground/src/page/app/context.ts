import { createContext, useContext } from 'solid-js'
import type { View } from './view.ts'
import type { Workshop } from './workshop.ts'

/** What every part of the page can reach. */
export interface App {
  readonly workshop: Workshop
  readonly view: View
}

export const AppContext = createContext<App>()

export function useApp(): App {
  const app = useContext(AppContext)
  if (app === undefined) throw new Error('no AppContext above this component')
  return app
}
