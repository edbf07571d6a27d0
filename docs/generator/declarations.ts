import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ESTree, parseSync } from 'vite'
import { type DocComment, docCommentOf } from './doc-comment.ts'

/** What is exported under one name. */
export interface Declaration {
  readonly name: string
  readonly kind: 'class' | 'function' | 'constant' | 'interface' | 'type'
  /** Without bodies and values. */
  readonly signature: string
  readonly comment: DocComment | undefined
  /** Of classes and interfaces, those that others may use. */
  readonly members: readonly Member[]
  /** From the repository's root. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
}

/** A method or field. */
export interface Member {
  readonly signature: string
  readonly comment: DocComment | undefined
}

/** A module: what it says of itself, and what it exports, in that order. */
export interface ModuleDocs {
  readonly comment: DocComment | undefined
  readonly declarations: readonly Declaration[]
}

/** Reads modules and what they export again from others. */
export class ModuleReader {
  readonly #read: (file: string) => string
  /** The file behind the name of a package, to follow what is exported again from it. */
  readonly #fileOf: (specifier: string) => string | undefined
  readonly #modules = new Map<string, ParsedModule>()

  constructor(
    read: (file: string) => string,
    fileOf: (specifier: string) => string | undefined = () => undefined,
  ) {
    this.#read = read
    this.#fileOf = fileOf
  }

  /** Reads the modules of a repository on disk. */
  static on(root: string, fileOf: (specifier: string) => string | undefined): ModuleReader {
    return new ModuleReader((file) => readFileSync(join(root, file), 'utf8'), fileOf)
  }

  /** What a module exports. Throws what the parser finds wrong, and for a name that is nowhere. */
  docsOf(file: string): ModuleDocs {
    const module = this.#parsed(file)
    const names = [...module.own.keys(), ...module.again.keys()]
    const exported = names.filter((name) => module.exported.has(name))
    return {
      comment: module.comment,
      declarations: exported.map((name) => this.#declaration(file, name)),
    }
  }

  #declaration(file: string, name: string): Declaration {
    const module = this.#parsed(file)
    const again = module.again.get(name)
    if (again !== undefined) {
      const target = again.specifier.startsWith('.')
        ? join(file, '..', again.specifier)
        : this.#fileOf(again.specifier)
      if (target === undefined) throw new Error(`${file}: nothing is known of ${again.specifier}`)
      return { ...this.#declaration(target, again.name), name }
    }
    const own = module.own.get(name)
    if (own === undefined) throw new Error(`${file} exports ${name} and has none`)
    return own
  }

  #parsed(file: string): ParsedModule {
    const known = this.#modules.get(file)
    if (known !== undefined) return known
    const parsed = parseModule(file, this.#read(file))
    this.#modules.set(file, parsed)
    return parsed
  }
}

interface ParsedModule {
  readonly comment: DocComment | undefined
  readonly own: ReadonlyMap<string, Declaration>
  readonly exported: ReadonlySet<string>
  readonly again: ReadonlyMap<string, { readonly specifier: string; readonly name: string }>
}

function parseModule(file: string, source: string): ParsedModule {
  const { program, comments, errors } = parseSync(file, source)
  const [error] = errors
  if (error !== undefined) throw new SyntaxError(`${file}: ${error.message}`)
  const docs = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
  /** The doc comment that ends before a place, with nothing but line comments between. */
  const before = (start: number): DocComment | undefined => {
    const nearest = docs.findLast(({ end }) => end <= start)
    const between = source.slice(nearest?.end ?? 0, start).replaceAll(/\/\/.*/g, '')
    if (nearest === undefined || between.trim() !== '') return undefined
    return docCommentOf(nearest.value.slice(1))
  }
  const context: Context = { file, source, before }
  const own = new Map<string, Declaration>()
  const exported = new Set<string>()
  const again = new Map<string, { specifier: string; name: string }>()
  for (const node of program.body) {
    const isExport = node.type === 'ExportNamedDeclaration'
    const declaration = isExport ? node.declaration : node
    for (const one of declarationsIn(context, declaration, node.start)) {
      own.set(one.name, joined(own.get(one.name), one))
      if (isExport) exported.add(one.name)
    }
    for (const { local, exported: name } of isExport ? node.specifiers : []) {
      exported.add(writtenName(name))
      const specifier = isExport ? node.source?.value : undefined
      if (specifier !== undefined) {
        again.set(writtenName(name), { specifier, name: writtenName(local) })
      }
    }
    if (node.type === 'ExportAllDeclaration') throw new Error(`${file}: export * names nothing`)
  }
  return { comment: moduleComment(docs[0], program.body, source), own, exported, again }
}

/** The comment that opens a file, unless it is that of an export. */
function moduleComment(
  first: (ESTree.Span & { readonly value: string }) | undefined,
  body: readonly ESTree.Node[],
  source: string,
): DocComment | undefined {
  if (first === undefined || source.slice(0, first.start).trim() !== '') return undefined
  const next = body.find(({ start }) => start > first.end)
  const isOfNext =
    next?.type === 'ExportNamedDeclaration' && source.slice(first.end, next.start).trim() === ''
  return isOfNext ? undefined : docCommentOf(first.value.slice(1))
}

function writtenName(name: ESTree.ModuleExportName): string {
  return name.type === 'Literal' ? name.value : name.name
}

/** Overloads of a function are one declaration; the first comment counts. */
function joined(before: Declaration | undefined, next: Declaration): Declaration {
  if (before?.kind !== 'function' || next.kind !== 'function') return next
  const signature = `${before.signature}\n${next.signature}`
  return { ...before, signature, comment: before.comment ?? next.comment }
}

interface Context {
  readonly file: string
  readonly source: string
  readonly before: (start: number) => DocComment | undefined
}

function declarationsIn(
  context: Context,
  node: ESTree.Node | null,
  start: number,
): readonly Declaration[] {
  const { file, source, before } = context
  const make = (
    id: ESTree.BindingIdentifier | null,
    kind: Declaration['kind'],
    signature: string,
    members: readonly Member[] = [],
  ): Declaration => ({
    name: id?.name ?? '',
    kind,
    signature: signature.trim(),
    comment: before(start),
    members,
    file,
    line: source.slice(0, start).split('\n').length,
  })
  const headOf = (from: number, body: { readonly start: number } | null, end: number): string =>
    source.slice(from, body?.start ?? end)
  if (node === null) return []
  if (node.type === 'FunctionDeclaration' || node.type === 'TSDeclareFunction') {
    return [make(node.id, 'function', headOf(node.start, node.body, node.end))]
  }
  if (node.type === 'ClassDeclaration') {
    const members = node.body.body.flatMap((member) => classMember(context, member))
    return [make(node.id, 'class', headOf(node.start, node.body, node.end), members)]
  }
  if (node.type === 'TSInterfaceDeclaration') {
    const members = node.body.body.map((member) => memberOf(context, member, member.end))
    return [make(node.id, 'interface', headOf(node.start, node.body, node.end), members)]
  }
  if (node.type === 'TSTypeAliasDeclaration') {
    return [make(node.id, 'type', source.slice(node.start, node.end))]
  }
  if (node.type !== 'VariableDeclaration') return []
  return node.declarations.flatMap(({ id, end }) => {
    if (id.type !== 'Identifier') return []
    const typed = id.typeAnnotation !== null && id.typeAnnotation !== undefined
    return [make(id, 'constant', `const ${source.slice(id.start, typed ? id.end : end)}`)]
  })
}

/** A member of a class that is not private. */
function classMember(context: Context, member: ESTree.ClassElement): readonly Member[] {
  if (member.type === 'StaticBlock' || member.type === 'TSIndexSignature') return []
  if (member.key.type === 'PrivateIdentifier' || member.accessibility === 'private') return []
  if (member.type === 'MethodDefinition' || member.type === 'TSAbstractMethodDefinition') {
    return [memberOf(context, member, member.value.body?.start ?? member.end)]
  }
  const typed = 'typeAnnotation' in member ? member.typeAnnotation : undefined
  return [memberOf(context, member, typed?.end ?? member.end)]
}

function memberOf({ source, before }: Context, node: ESTree.Span, end: number): Member {
  const lines = source.slice(node.start, end).trim().split('\n')
  // What stands two levels in, in its file, stands at the edge on its page.
  const signature = lines.map((line) => line.replace(/^ {2}/, '')).join('\n')
  return { signature, comment: before(node.start) }
}
