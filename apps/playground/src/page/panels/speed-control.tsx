import type { JSX } from 'solid-js'
import { useApp } from '../app/context.ts'
import { fastest, slowest } from '../app/player.ts'
import { words } from '../words.ts'

const ticksPerDecade = 10
const ticks = Math.round(Math.log10(fastest / slowest) * ticksPerDecade)

/** Virtual time per real time, on a logarithmic scale. */
export function SpeedControl(): JSX.Element {
  const { workshop } = useApp()
  const { player } = workshop
  const tick = (): number => Math.round(Math.log10(player.speed() / slowest) * ticksPerDecade)
  const text = (): string => words.top.speedValue(player.speed())
  return (
    <div class="speed">
      <input
        type="range"
        min="0"
        max={ticks}
        step="1"
        value={tick()}
        aria-label={words.top.speed}
        aria-valuetext={text()}
        title={words.top.speed}
        onInput={(event) =>
          player.setSpeed(slowest * 10 ** (Number(event.currentTarget.value) / ticksPerDecade))
        }
      />
      <output aria-hidden="true">{text()}</output>
    </div>
  )
}
