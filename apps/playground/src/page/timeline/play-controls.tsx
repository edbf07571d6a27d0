import ChevronsLeft from 'lucide-solid/icons/chevrons-left'
import ChevronsRight from 'lucide-solid/icons/chevrons-right'
import Pause from 'lucide-solid/icons/pause'
import Play from 'lucide-solid/icons/play'
import Radio from 'lucide-solid/icons/radio'
import SkipBack from 'lucide-solid/icons/skip-back'
import SkipForward from 'lucide-solid/icons/skip-forward'
import StepBack from 'lucide-solid/icons/step-back'
import StepForward from 'lucide-solid/icons/step-forward'
import { type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { goToMark } from '../app/walks.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { words } from '../words.ts'

/** Play, step and jump. */
export function PlayControls(): JSX.Element {
  const { workshop } = useApp()
  const { player } = workshop
  const idle = (): boolean => workshop.run() === undefined && workshop.traced() === undefined
  return (
    <div class="play-controls" role="group" aria-label={words.play.label}>
      <IconButton label={words.play.start} disabled={idle()} onClick={() => player.seek(0)}>
        <SkipBack size={16} />
      </IconButton>
      <IconButton
        label={words.play.markBack}
        disabled={idle()}
        onClick={() => goToMark(workshop, -1)}
      >
        <ChevronsLeft size={16} />
      </IconButton>
      <IconButton label={words.play.back} disabled={idle()} onClick={() => player.step(-1)}>
        <StepBack size={16} />
      </IconButton>
      <button
        type="button"
        class="button primary play"
        data-testid="play-button"
        aria-pressed={player.playing()}
        disabled={idle()}
        onClick={() => player.toggle()}
      >
        <Show when={player.playing()} fallback={<Play size={16} />}>
          <Pause size={16} />
        </Show>
        {player.playing() ? words.play.pause : words.play.play}
      </button>
      <IconButton label={words.play.forward} disabled={idle()} onClick={() => player.step(1)}>
        <StepForward size={16} />
      </IconButton>
      <IconButton
        label={words.play.markForward}
        disabled={idle()}
        onClick={() => goToMark(workshop, 1)}
      >
        <ChevronsRight size={16} />
      </IconButton>
      <IconButton
        label={words.play.end}
        disabled={idle()}
        onClick={() => player.seek(Number.POSITIVE_INFINITY)}
      >
        <SkipForward size={16} />
      </IconButton>
      <Show when={workshop.run()?.opening.world === 'live'}>
        <button
          type="button"
          class="button"
          aria-pressed={player.following()}
          onClick={() => player.follow()}
        >
          <Radio size={16} />
          {player.following() ? words.play.following : words.play.follow}
        </button>
      </Show>
    </div>
  )
}
