import { type ESTree, parseSync, Visitor } from 'vite'
import type { Heir } from '../../src/principles/composite-reuse.ts'
import type { Import, Module } from '../../src/principles/dependency-inversion.ts'
import type { Chain, Link } from '../../src/principles/law-of-demeter.ts'
import type { Method } from '../../src/principles/single-responsibility.ts'

/** Parses TypeScript; throws what the parser found wrong. */
function programOf(path: string, source: string): ESTree.Program {
  const { program, errors } = parseSync(path, source)
  const [error] = errors
  if (error !== undefined) throw new SyntaxError(`${path}: ${error.message}`)
  return program
}

/** A module as the checker of imports wants it. */
export function moduleOf(path: string, source: string): Module {
  const imports: Import[] = []
  const add = (node: ESTree.Node | null | undefined, isTypeOnly: boolean): void => {
    if (node?.type === 'Literal' && typeof node.value === 'string') {
      imports.push({ specifier: node.value, isTypeOnly })
    }
  }
  new Visitor({
    ImportDeclaration: (node) => add(node.source, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => add(node.source, false),
    TSImportType: (node) => add(node.source, true),
  }).visit(programOf(path, source))
  return { path, imports }
}

/** A class as the reports on cohesion and inheritance want it. */
export interface ParsedClass extends Heir {
  readonly implements: readonly string[]
  readonly methods: readonly Method[]
}

/** The classes of a module that have names, those within functions too. */
export function classesOf(path: string, source: string): readonly ParsedClass[] {
  interface Open {
    readonly name: string
    readonly extends: readonly string[]
    readonly implements: readonly string[]
    readonly methods: { name: string; uses: string[] }[]
    member: string[] | undefined
  }
  const found: ParsedClass[] = []
  const open: Open[] = []
  const enter = (node: ESTree.Class): void => {
    const above = node.superClass === null ? [] : [writtenOf(node.superClass)]
    open.push({
      name: node.id?.name ?? '',
      extends: above,
      implements: (node.implements ?? []).map(({ expression }) => writtenOf(expression)),
      methods: [],
      member: undefined,
    })
  }
  const leave = (): void => {
    const done = open.pop()
    if (done !== undefined && done.name !== '') found.push(done)
  }
  const member = (node: { key: ESTree.Node; static: boolean; value: ESTree.Node | null }): void => {
    const isMethod = /Function/.test(node.value?.type ?? '')
    const uses: string[] = []
    const inner = open.at(-1)
    if (inner === undefined || node.static || !isMethod) return
    inner.methods.push({ name: nameOf(node.key), uses })
    inner.member = uses
  }
  const closed = (): void => {
    const inner = open.at(-1)
    if (inner !== undefined) inner.member = undefined
  }
  new Visitor({
    ClassDeclaration: enter,
    ClassExpression: enter,
    'ClassDeclaration:exit': leave,
    'ClassExpression:exit': leave,
    MethodDefinition: member,
    PropertyDefinition: member,
    'MethodDefinition:exit': closed,
    'PropertyDefinition:exit': closed,
    MemberExpression: (node) => {
      if (node.object.type === 'ThisExpression') open.at(-1)?.member?.push(nameOf(node.property))
    },
    VariableDeclarator: ({ id, init }) => {
      if (init?.type !== 'ThisExpression' || id.type !== 'ObjectPattern') return
      for (const property of id.properties) {
        if (property.type === 'Property') open.at(-1)?.member?.push(nameOf(property.key))
      }
    },
  }).visit(programOf(path, source))
  return found
}

/** The members of each interface of a module, by its name. */
export function interfacesOf(path: string, source: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  new Visitor({
    TSInterfaceDeclaration: ({ id, body }) => {
      const members = body.body.flatMap((member) =>
        member.type === 'TSMethodSignature' || member.type === 'TSPropertySignature'
          ? [nameOf(member.key)]
          : [],
      )
      found.set(id.name, members)
    },
  }).visit(programOf(path, source))
  return found
}

/** The names of all members that a module reads or calls, on whatever object. */
export function memberNamesOf(path: string, source: string): ReadonlySet<string> {
  const names = new Set<string>()
  new Visitor({
    MemberExpression: ({ property }) => void names.add(nameOf(property)),
    ObjectPattern: ({ properties }) => {
      for (const property of properties) {
        if (property.type === 'Property') names.add(nameOf(property.key))
      }
    },
  }).visit(programOf(path, source))
  return names
}

/** A chain, and where it stands. */
export interface ParsedChain extends Chain {
  readonly path: string
}

/** The call chains of a module, each as long as it is written. */
export function chainsOf(path: string, source: string): readonly ParsedChain[] {
  const found: ParsedChain[] = []
  const inner = new Set<ESTree.Node>()
  const enter = (node: ESTree.Node): void => {
    if (inner.has(node)) return
    const links: Link[] = []
    let at: ESTree.Node = node
    let kind: Link['kind'] = 'read'
    for (;;) {
      inner.add(at)
      const next = beneath(at)
      if (next === undefined) break
      if (at.type === 'CallExpression') kind = 'call'
      if (at.type === 'MemberExpression') {
        links.unshift({ name: nameOf(at.property), kind })
        kind = 'read'
      }
      at = next
    }
    found.push({ path, root: kind === 'call' ? `${rootOf(at)}()` : rootOf(at), links })
  }
  new Visitor({ MemberExpression: enter, CallExpression: enter }).visit(programOf(path, source))
  return found
}

/** What an expression of a chain is applied to. */
function beneath(node: ESTree.Node): ESTree.Node | undefined {
  if (node.type === 'CallExpression') return node.callee
  if (node.type === 'MemberExpression') return node.object
  if (node.type === 'AwaitExpression') return node.argument
  const isWrapped =
    node.type === 'ChainExpression' ||
    node.type === 'TSNonNullExpression' ||
    node.type === 'TSAsExpression' ||
    node.type === 'ParenthesizedExpression'
  return isWrapped ? node.expression : undefined
}

function rootOf(node: ESTree.Node): string {
  if (node.type === 'ThisExpression') return 'this'
  return node.type === 'Identifier' ? node.name : `(${node.type})`
}

/** A name as it is written: `Log`, `fc.Arbitrary`. */
function writtenOf(node: ESTree.Node): string {
  if (node.type !== 'MemberExpression') return rootOf(node)
  return `${writtenOf(node.object)}.${nameOf(node.property)}`
}

function nameOf(node: ESTree.Node): string {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'PrivateIdentifier') return `#${node.name}`
  return node.type === 'Literal' ? String(node.value) : '[]'
}
