import { type ESTree, parseSync, Visitor } from 'vite'
import type { Import, Module } from '../../src/principles/dependency-inversion.ts'

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
