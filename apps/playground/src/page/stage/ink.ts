/** The colours that canvases draw with, as the style sheet has them for the theme that is on. */
export interface Ink {
  readonly ground: string
  readonly panel: string
  readonly raised: string
  readonly line: string
  readonly faint: string
  readonly control: string
  readonly text: string
  readonly text2: string
  readonly text3: string
  readonly violation: string
  readonly unknown: string
  /** By epoch, in turn; `epochNone` stands for epoch 0 and for messages without one. */
  readonly epochs: readonly string[]
  readonly epochNone: string
  readonly sans: string
  readonly mono: string
}

const epochColours = 7

/** Reads the colours from the root's custom properties. */
export function readInk(): Ink {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    ground: read('ground'),
    panel: read('panel'),
    raised: read('raised'),
    line: read('line'),
    faint: read('faint'),
    control: read('control'),
    text: read('text'),
    text2: read('text-2'),
    text3: read('text-3'),
    violation: read('violation'),
    unknown: read('unknown'),
    epochs: Array.from({ length: epochColours }, (_, i) => read(`epoch-${i + 1}`)),
    epochNone: read('epoch-0'),
    sans: read('sans'),
    mono: read('mono'),
  }
}

/** Terms, epochs and ballots cycle through the colours: equal ones look the same everywhere. */
export function epochColour(ink: Ink, epoch: number | undefined): string {
  if (epoch === undefined || epoch <= 0) return ink.epochNone
  return ink.epochs[(epoch - 1) % ink.epochs.length] ?? ink.epochNone
}

/** The custom property that holds an epoch's colour, for elements. */
export function epochVariable(epoch: number | undefined): string {
  if (epoch === undefined || epoch <= 0) return 'var(--epoch-0)'
  return `var(--epoch-${((epoch - 1) % epochColours) + 1})`
}
