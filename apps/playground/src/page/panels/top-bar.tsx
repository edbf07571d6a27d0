import CircleQuestion from 'lucide-solid/icons/circle-question-mark'
import Command from 'lucide-solid/icons/command'
import Dices from 'lucide-solid/icons/dices'
import Moon from 'lucide-solid/icons/moon'
import PanelLeft from 'lucide-solid/icons/panel-left'
import PanelRight from 'lucide-solid/icons/panel-right'
import Sun from 'lucide-solid/icons/sun'
import { type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { change, isEdited, newSeed, runTitle } from '../app/scenarios.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { words } from '../words.ts'
import { ShareMenu } from './share-menu.tsx'
import { SpeedControl } from './speed-control.tsx'
import { VerdictChip } from './verdict-chip.tsx'

const seedMax = 2 ** 32 - 1

/** The name of the run, its seed, its clock, its verdict, and what concerns the whole page. */
export function TopBar(): JSX.Element {
  const { workshop, view } = useApp()
  const live = (): boolean => workshop.run()?.opening.world === 'live'
  return (
    <header class="top-bar">
      <div class="top-left">
        <IconButton
          label={view.railOpen() ? words.top.hideRail : words.top.showRail}
          pressed={view.railOpen()}
          onClick={() => view.setRailOpen(!view.railOpen())}
        >
          <PanelLeft size={16} />
        </IconButton>
        <RunName />
        <Show when={!live() && workshop.traced() === undefined}>
          <Seed />
        </Show>
      </div>
      <div class="top-centre">
        <Clock />
        <Show when={!workshop.player.following()}>
          <SpeedControl />
        </Show>
      </div>
      <div class="top-right">
        <VerdictChip />
        <ShareMenu />
        <IconButton label={words.top.palette} onClick={() => view.setDialog('palette')}>
          <Command size={16} />
        </IconButton>
        <IconButton
          label={view.theme() === 'dark' ? words.top.toLight : words.top.toDark}
          onClick={view.toggleTheme}
        >
          <Show when={view.theme() === 'dark'} fallback={<Moon size={16} />}>
            <Sun size={16} />
          </Show>
        </IconButton>
        <IconButton label={words.top.help} onClick={() => view.setDialog('help')}>
          <CircleQuestion size={16} />
        </IconButton>
        <IconButton
          label={view.sideOpen() ? words.top.hideSide : words.top.showSide}
          pressed={view.sideOpen()}
          onClick={() => view.setSideOpen(!view.sideOpen())}
        >
          <PanelRight size={16} />
        </IconButton>
      </div>
    </header>
  )
}

function RunName(): JSX.Element {
  const { workshop } = useApp()
  return (
    <h1 class="run-name">
      <span class="run-title">{runTitle(workshop) ?? words.product}</span>
      <Show when={workshop.run()?.opening.world === 'live'}>
        <span class="tag">{words.top.live}</span>
      </Show>
      <Show when={isEdited(workshop)}>
        <span class="tag">{words.top.edited}</span>
      </Show>
    </h1>
  )
}

function Seed(): JSX.Element {
  const { workshop } = useApp()
  const seed = (): string => String(workshop.run()?.opening.scenario.seed ?? '')
  const commit = (input: HTMLInputElement): void => {
    const next = Number(input.value)
    const valid =
      Number.isInteger(next) && next >= 0 && next <= seedMax && input.value.trim() !== ''
    if (valid && input.value !== seed()) change(workshop, { seed: next })
    else input.value = seed()
  }
  return (
    <div class="seed">
      <label for="seed">{words.top.seed}</label>
      <input
        id="seed"
        data-testid="seed"
        inputmode="numeric"
        autocomplete="off"
        spellcheck={false}
        value={seed()}
        disabled={workshop.run() === undefined}
        onChange={(event) => commit(event.currentTarget)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.value = seed()
          if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur()
        }}
      />
      <IconButton
        label={words.top.newSeed}
        disabled={workshop.run() === undefined}
        onClick={() => newSeed(workshop)}
      >
        <Dices size={16} />
      </IconButton>
    </div>
  )
}

function Clock(): JSX.Element {
  const { workshop } = useApp()
  const { shown } = workshop.player
  return (
    <Show
      when={workshop.traced()}
      fallback={
        <div class="clock" title={words.top.clock}>
          <output data-testid="clock" aria-label={words.top.clock} aria-live="off">
            {words.clockMs(shown().at)}
          </output>
          <span class="unit">{words.ms}</span>
        </div>
      }
    >
      {(run) => (
        <div class="clock" title={words.sequence.step}>
          <output data-testid="clock" aria-label={words.sequence.step} aria-live="off">
            {words.sequence.stepOf(shown().row + 1, run().length)}
          </output>
        </div>
      )}
    </Show>
  )
}
