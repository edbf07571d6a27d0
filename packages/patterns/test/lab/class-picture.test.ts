import { expect, test } from 'vitest'
import { classPictureOf, Tracer, type TypeSpec } from '../../src/lab.ts'

const participants = { client: 'Client', pool: 'Pool', one: 'Glyph', two: 'Glyph' }
const types: Readonly<Record<string, TypeSpec>> = {
  Pool: { kind: 'class', extends: 'Store', has: ['Glyph'] },
  Store: { kind: 'abstract class' },
  Glyph: { kind: 'class', implements: ['Shape'] },
  Shape: { kind: 'interface' },
}

function traced(): Tracer {
  const trace = new Tracer(Object.keys(participants))
  const glyph = { draw: (_x: number) => undefined }
  const make = trace.creating('pool', 'one', () => glyph)
  trace.between('client', 'pool', { of: () => make() }).of()
  trace.between('client', 'one', glyph).draw(1)
  trace.between('client', 'two', glyph).draw(2)
  trace.between('pool', 'two', glyph).draw(3)
  return trace
}

test('a picture has each type once, with the methods that were called', () => {
  expect(classPictureOf(participants, types, traced().moments).types).toEqual([
    { name: 'Client', kind: 'actor', methods: [] },
    { name: 'Pool', kind: 'class', methods: ['of'] },
    { name: 'Glyph', kind: 'class', methods: ['draw'] },
    { name: 'Store', kind: 'abstract class', methods: [] },
    { name: 'Shape', kind: 'interface', methods: [] },
  ])
})

test('relations are the declared ones and those of the run, and none is said twice', () => {
  const { relations } = classPictureOf(participants, types, traced().moments)
  expect(relations.map(({ from, to, kind }) => `${from} ${kind} ${to}`)).toEqual([
    'Pool extends Store',
    'Pool has Glyph',
    'Glyph implements Shape',
    'Client uses Pool',
    'Pool creates Glyph',
    'Client uses Glyph',
  ])
})

test('a call that nobody made is in no picture', () => {
  const { relations } = classPictureOf(participants, types, [])
  expect(relations.map(({ kind }) => kind)).toEqual(['extends', 'has', 'implements'])
})
