import { createEffect, createSignal, type JSX, Match, on, onCleanup, Switch } from 'solid-js'
import { useApp } from '../app/context.ts'
import { connectSocket } from '../session/socket.ts'
import { connectWorker } from '../session/worker-port.ts'
import { words } from '../words.ts'

const loadingAfterMs = 150

/** What stands on the stage while there is no run, or no connection. */
export function CentreState(): JSX.Element {
  const { workshop } = useApp()
  const [slow, setSlow] = createSignal(false)
  createEffect(
    on(workshop.status, () => {
      setSlow(false)
      const timer = setTimeout(() => setSlow(true), loadingAfterMs)
      onCleanup(() => clearTimeout(timer))
    }),
  )
  const status = workshop.status
  const idle = (): boolean => workshop.run() === undefined && workshop.traced() === undefined
  return (
    <Switch>
      <Match when={status() === 'failed'}>
        <div class="centre-state" role="alert">
          <h2>{words.stage.failed}</h2>
          <p>{words.stage.failedHint}</p>
          <div class="row">
            <button
              type="button"
              class="button primary"
              onClick={() => workshop.reconnect(connectWorker)}
            >
              {words.stage.runHere}
            </button>
            <button type="button" class="button" onClick={() => workshop.reconnect(connectSocket)}>
              {words.stage.retry}
            </button>
          </div>
        </div>
      </Match>
      <Match when={status() === 'lost'}>
        <div class="centre-banner" role="status">
          {words.stage.lost}
        </div>
      </Match>
      <Match when={idle() && status() === 'connecting' && slow()}>
        <div class="centre-state">
          <p>{words.loading}</p>
        </div>
      </Match>
      <Match when={idle() && status() === 'ready' && slow()}>
        <div class="centre-state">
          <h2>{words.stage.empty}</h2>
          <p>{words.stage.emptyHint}</p>
        </div>
      </Match>
    </Switch>
  )
}
