import type { ClassPicture, SequenceDiagram } from '@lockstep/patterns/lab'
import type { Track } from '../run/track.ts'
import type { Answer } from '../session/session.ts'

/** A traced run has no time of its own: at 1/20 of real time, a step takes two fifths of a second. */
const stepUs = 20_000

/** A traced run as the page holds it: each step of its diagram is a row that the player walks over. */
export class TracedRun implements Track {
  readonly id: string
  readonly diagram: SequenceDiagram
  readonly picture: ClassPicture
  readonly lines: readonly string[]
  /** Rows where a scene begins. */
  readonly scenes: readonly number[]

  constructor({ experiment, diagram, picture, lines }: Answer<'traced'>) {
    this.id = experiment
    this.diagram = diagram
    this.picture = picture
    this.lines = lines
    this.scenes = diagram.steps.flatMap(({ type }, row) => (type === 'scene' ? [row] : []))
  }

  get length(): number {
    return this.diagram.steps.length
  }

  get end(): number {
    return this.length * stepUs
  }

  rowAt(at: number): number {
    return Math.min(this.length, Math.floor(at / stepUs)) - 1
  }

  timeOf(row: number): number {
    return (row + 1) * stepUs
  }

  eventEnd(row: number): number {
    return row
  }

  eventFrom(row: number, by: 1 | -1): number {
    return Math.max(-1, Math.min(this.length - 1, row + by))
  }
}
