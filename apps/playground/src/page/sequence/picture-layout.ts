import type { ClassPicture, PicturedType, Relation } from '@lockstep/patterns/lab'

/** A type at its place, in pixels. */
export interface Box extends PicturedType {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A relation from the edge of one box to the edge of another. */
export interface Link extends Relation {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

/** A class picture, ready to be drawn. */
export interface PictureLayout {
  readonly boxes: readonly Box[]
  readonly links: readonly Link[]
  readonly height: number
}

const letterPx = 7.25
const smallLetterPx = 6.7
const paddingPx = 10
const betweenPx = 20
const layerPx = 40
const namePx = 26
const kindPx = 14
const methodPx = 16
const methodsMax = 4
const parallelPx = 10
/** What is drawn above what: a base above its heirs, and who acts above what is acted on. */
const order: readonly Relation['kind'][] = ['extends', 'implements', 'creates', 'has', 'uses']

/** Places types in layers, so that most relations point down, and bases stand on top. */
export function arrangePicture(picture: ClassPicture, width: number): PictureLayout {
  const layers = layersOf(picture)
  const placed = new Map<string, Box>()
  let y = 1
  for (const layer of layers) {
    for (const line of linesOf(sorted(layer, picture, placed), width)) {
      const used = line.reduce(
        (sum, type) => sum + widthOf(type, width),
        betweenPx * (line.length - 1),
      )
      let x = (width - used) / 2
      for (const type of line) {
        const box = { ...type, x, y, width: widthOf(type, width), height: heightOf(type) }
        placed.set(type.name, box)
        x += box.width + betweenPx
      }
      y += Math.max(...line.map(heightOf)) + layerPx
    }
  }
  const boxes = [...placed.values()]
  return { boxes, links: linksOf(picture, placed), height: y - layerPx + 1 }
}

/** The methods that a box shows; where there are more, the last line says so. */
export function shownMethods({ methods }: PicturedType): readonly string[] {
  if (methods.length <= methodsMax) return methods
  return [...methods.slice(0, methodsMax - 1), '…']
}

function heightOf(type: PicturedType): number {
  const kind = type.kind === 'class' || type.kind === 'actor' ? 0 : kindPx
  const methods = shownMethods(type).length
  return namePx + kind + (methods === 0 ? 0 : methods * methodPx + 6)
}

function widthOf(type: PicturedType, room: number): number {
  const letters = Math.max(
    type.name.length * letterPx,
    type.kind.length * smallLetterPx,
    ...shownMethods(type).map((method) => (method.length + 2) * smallLetterPx),
  )
  return Math.min(room - 2, Math.ceil(letters) + 2 * paddingPx)
}

/** A relation that would turn in a circle counts for nothing. */
function layersOf({ types, relations }: ClassPicture): readonly (readonly PicturedType[])[] {
  const above = new Map<string, string[]>(types.map(({ name }) => [name, []]))
  const reaches = (from: string, to: string): boolean =>
    from === to || (above.get(from) ?? []).some((next) => reaches(next, to))
  for (const kind of order) {
    for (const relation of relations) {
      if (relation.kind !== kind) continue
      const inherits = kind === 'extends' || kind === 'implements'
      const [upper, lower] = inherits ? [relation.to, relation.from] : [relation.from, relation.to]
      if (!reaches(upper, lower)) above.get(lower)?.push(upper)
    }
  }
  const ranks = new Map<string, number>()
  const rankOf = (name: string): number => {
    const known = ranks.get(name)
    if (known !== undefined) return known
    const rank = Math.max(0, ...(above.get(name) ?? []).map((next) => 1 + rankOf(next)))
    ranks.set(name, rank)
    return rank
  }
  const layers: PicturedType[][] = []
  for (const type of types) (layers[rankOf(type.name)] ??= []).push(type)
  return layers.filter((layer) => layer.length > 0)
}

/** Each type below the middle of those above it that it has to do with. */
function sorted(
  layer: readonly PicturedType[],
  { relations }: ClassPicture,
  placed: ReadonlyMap<string, Box>,
): readonly PicturedType[] {
  const middle = ({ name }: PicturedType): number => {
    const others = relations.flatMap(({ from, to }) =>
      from === name ? [placed.get(to)] : to === name ? [placed.get(from)] : [],
    )
    const xs = others.flatMap((box) => (box === undefined ? [] : [box.x + box.width / 2]))
    return xs.length === 0 ? 0 : xs.reduce((a, b) => a + b, 0) / xs.length
  }
  return layer.toSorted((a, b) => middle(a) - middle(b))
}

function linesOf(
  types: readonly PicturedType[],
  room: number,
): readonly (readonly PicturedType[])[] {
  const lines: PicturedType[][] = []
  let used = Number.POSITIVE_INFINITY
  for (const type of types) {
    const width = widthOf(type, room)
    used += betweenPx + width
    if (used > room) {
      lines.push([])
      used = width
    }
    lines.at(-1)?.push(type)
  }
  return lines
}

function linksOf({ relations }: ClassPicture, boxes: ReadonlyMap<string, Box>): readonly Link[] {
  const between = new Map<string, number>()
  return relations.flatMap((relation) => {
    const from = boxes.get(relation.from)
    const to = boxes.get(relation.to)
    if (from === undefined || to === undefined) return []
    const pair = [relation.from, relation.to].toSorted().join('\n')
    const nth = between.get(pair) ?? 0
    between.set(pair, nth + 1)
    const aside = (nth % 2 === 0 ? -1 : 1) * Math.ceil(nth / 2) * parallelPx
    const [x1, y1] = towards(from, to, aside)
    const [x2, y2] = towards(to, from, aside)
    return [{ ...relation, x1, y1, x2, y2 }]
  })
}

/** Where the way from the middle of a box to another leaves it. */
function towards(box: Box, other: Box, aside: number): readonly [x: number, y: number] {
  const x = box.x + box.width / 2 + aside
  const y = box.y + box.height / 2
  const dx = other.x + other.width / 2 + aside - x
  const dy = other.y + other.height / 2 - y
  const across =
    dx === 0 ? Number.POSITIVE_INFINITY : (box.width / 2 - Math.abs(aside)) / Math.abs(dx)
  const along = dy === 0 ? Number.POSITIVE_INFINITY : box.height / 2 / Math.abs(dy)
  const share = Math.min(across, along, 1)
  return [x + dx * share, y + dy * share]
}
