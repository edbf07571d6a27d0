import type { Workshop } from '../app/workshop.ts'
import { describe, type Tip } from './describe.ts'
import { lookAt } from './draw-nodes.ts'
import type { Target } from './pick.ts'
import type { Picture } from './picture.ts'
import { placeIn, type TipAt } from './tooltip.tsx'

const longPressMs = 500

/** What the pointer does on the stage: hover tells, click pins, right-click or a long press acts. */
export class Pointing {
  readonly #workshop: Workshop
  readonly #picture: Picture
  readonly #tell: (said: TipAt | undefined) => void
  readonly #act: (target: Target, x: number, y: number) => void
  #over: ReturnType<typeof placeIn> | undefined
  #pressing: ReturnType<typeof setTimeout> | undefined

  constructor(
    workshop: Workshop,
    picture: Picture,
    tell: (said: TipAt | undefined) => void,
    act: (target: Target, x: number, y: number) => void,
  ) {
    this.#workshop = workshop
    this.#picture = picture
    this.#tell = tell
    this.#act = act
  }

  moved(event: MouseEvent): void {
    this.#over = placeIn(event)
    this.refresh()
  }

  /** Looks again at what is under the pointer, which time may have moved or changed. */
  refresh(): void {
    if (this.#over === undefined) return
    const { width, height, ...at } = this.#over
    const target = this.#picture.pick(at)
    this.#hover(target)
    const tip = this.#describe(target)
    this.#tell(tip === undefined ? undefined : { tip, at, width, height })
  }

  left(): void {
    this.endPress()
    this.#over = undefined
    this.#hover({ kind: 'stage' })
    this.#tell(undefined)
  }

  /** Fingers have no right button. */
  beginPress(event: PointerEvent): void {
    if (event.pointerType !== 'touch') return
    const { clientX, clientY } = event
    const target = this.#picture.pick(placeIn(event))
    this.#pressing = setTimeout(() => this.#act(target, clientX, clientY), longPressMs)
  }

  endPress(): void {
    clearTimeout(this.#pressing)
  }

  /** A click by the mouse; one by the keyboard belongs to the button that has the focus. */
  clicked(event: MouseEvent): void {
    if (event.detail > 0) this.#pin(this.#picture.pick(placeIn(event)))
  }

  asked(event: MouseEvent): void {
    event.preventDefault()
    if (event.button === 2)
      this.#act(this.#picture.pick(placeIn(event)), event.clientX, event.clientY)
  }

  #hover(target: Target): void {
    this.#picture.hovered = target
    this.#workshop.frames.request()
  }

  #describe(target: Target): Tip | undefined {
    const run = this.#workshop.run()
    const { moment } = this.#workshop.player
    return run && describe(target, run, moment, (id) => lookAt(run, id, moment))
  }

  #pin(target: Target): void {
    const { select } = this.#workshop
    if (target.kind === 'node' || target.kind === 'client') select(target)
    else if (target.kind === 'message') select({ kind: 'message', row: target.dot.flight.row })
    else if (target.kind === 'stage') select(undefined)
  }
}
