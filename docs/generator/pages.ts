import type { Declaration, Member, ModuleDocs } from './declarations.ts'
import { type DocComment, firstSentence } from './doc-comment.ts'
import type { Package } from './entry-points.ts'
import { escaped, html, inlineHtml, linkedCode, type Resolve } from './markdown.ts'

/** A package with what was read of each of its entry points, by specifier. */
export interface DocumentedPackage extends Package {
  readonly modules: ReadonlyMap<string, ModuleDocs>
}

const scope = '@lockstep/'

/** The page of an entry point, from the folder of all pages. */
export function pageOf(specifier: string): string {
  const path = specifier.slice(scope.length)
  return path.includes('/') ? `${path}.html` : `${path}/index.html`
}

/** All pages, by their path: one that lists the packages, and one for each entry point. */
export function pagesOf(packages: readonly DocumentedPackage[]): ReadonlyMap<string, string> {
  const pages = new Map([['index.html', indexPage(packages)]])
  const names = new Names(packages)
  for (const { modules } of packages) {
    for (const [specifier, docs] of modules) {
      pages.set(pageOf(specifier), entryPointPage(specifier, docs, names))
    }
  }
  return pages
}

/** Where each exported name has its place. */
class Names {
  /** By specifier, then by name: the specifier whose page has it. */
  readonly #places = new Map<string, string[]>()

  constructor(packages: readonly DocumentedPackage[]) {
    for (const { modules } of packages) {
      for (const [specifier, { declarations }] of modules) {
        for (const { name } of declarations) {
          const places = this.#places.get(name) ?? []
          this.#places.set(name, [...places, specifier])
        }
      }
    }
  }

  /** Links from a page: to itself before its package, to its package before others; never a guess. */
  from(specifier: string, except?: string): Resolve {
    const [, room = ''] = specifier.split('/')
    const up = '../'.repeat(pageOf(specifier).split('/').length - 1)
    return (name) => {
      const places = this.#places.get(name)
      if (places === undefined || name === except) return undefined
      if (places.includes(specifier)) return `#${name}`
      const near = places.filter((place) => place.split('/')[1] === room)
      const [only, ...others] = near.length > 0 ? near : places
      return only === undefined || others.length > 0 ? undefined : `${up}${pageOf(only)}#${name}`
    }
  }
}

function layout(title: string, up: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – Lockstep</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${up}style.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
}

const nowhere: Resolve = () => undefined

function indexPage(packages: readonly DocumentedPackage[]): string {
  const sections = packages.map(({ name, description, modules }) => {
    const rows = Array.from(modules, ([specifier, { comment }]) => {
      const said = firstSentence(comment?.text ?? '') ?? ''
      const link = `<a href="${pageOf(specifier)}"><code>${escaped(specifier)}</code></a>`
      return `<tr><td>${link}</td><td>${inlineHtml(said, nowhere)}</td></tr>`
    })
    return `<section>
<h2>${escaped(name)}</h2>
<p>${escaped(description)}.</p>
<table>${rows.join('\n')}</table>
</section>`
  })
  return layout('API', '', `<h1>API</h1>\n${sections.join('\n')}`)
}

function entryPointPage(
  specifier: string,
  { comment, declarations }: ModuleDocs,
  names: Names,
): string {
  const up = '../'.repeat(pageOf(specifier).split('/').length - 1)
  const resolve = names.from(specifier)
  const rows = declarations.map(({ name, kind, comment: own }) => {
    const said = firstSentence(own?.text ?? '') ?? ''
    const link = `<a href="#${name}"><code>${escaped(name)}</code></a>`
    return `<tr><td>${link}</td><td>${kind}</td><td>${inlineHtml(said, resolve)}</td></tr>`
  })
  const body = `<nav><a href="${up}index.html">API</a></nav>
<h1>${escaped(specifier)}</h1>
${comment === undefined ? '' : commentHtml(comment, resolve)}
<table>${rows.join('\n')}</table>
${declarations.map((one) => declarationHtml(one, names.from(specifier, one.name))).join('\n')}`
  return layout(specifier, up, body)
}

function declarationHtml(declaration: Declaration, resolve: Resolve): string {
  const { name, kind, signature, comment, members, file, line } = declaration
  return `<section id="${name}">
<h2><a href="#${name}">${escaped(name)}</a> <small>${kind}, ${escaped(file)}:${line}</small></h2>
<pre class="signature"><code>${linkedCode(signature, resolve)}</code></pre>
${comment === undefined ? '' : commentHtml(comment, resolve)}
${members.map((member) => memberHtml(member, resolve)).join('\n')}
</section>`
}

function memberHtml({ signature, comment }: Member, resolve: Resolve): string {
  return `<div class="member">
<pre class="signature"><code>${linkedCode(signature, resolve)}</code></pre>
${comment === undefined ? '' : commentHtml(comment, resolve)}
</div>`
}

function commentHtml({ text, tags, examples }: DocComment, resolve: Resolve): string {
  const said = tags.map(({ name, text: what }) => {
    const [, type, rest = ''] = /^\{(\w+)\}\s*([\s\S]*)$/.exec(what) ?? [undefined, undefined, what]
    const of = type === undefined ? '' : `<code>${linkedCode(type, resolve)}</code> `
    return `<dt>${name}</dt><dd>${of}${inlineHtml(rest, resolve)}</dd>`
  })
  const list = said.length === 0 ? '' : `<dl>${said.join('')}</dl>`
  const shown = examples.map((code) => `<pre class="example"><code>${escaped(code)}</code></pre>`)
  return `${html(text, resolve)}${list}${shown.join('\n')}`
}
