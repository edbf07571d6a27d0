import { Marked } from 'marked'

/** Gives the address of what a name stands for, if it stands for anything. */
export type Resolve = (name: string) => string | undefined

/** Text that is shown as it is. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Markdown as HTML. Names in code become links; tags of HTML are shown, not used. */
export function html(markdown: string, resolve: Resolve): string {
  return renderer(resolve).parse(markdown, { async: false })
}

/** As `html`, for text within a line. */
export function inlineHtml(markdown: string, resolve: Resolve): string {
  return renderer(resolve).parseInline(markdown, { async: false })
}

/** Code with the names in it as links. */
export function linkedCode(code: string, resolve: Resolve): string {
  return escaped(code).replaceAll(/(?<![\w.'$&])[A-Za-z_$][\w$]*(?![\w$'])/g, (name) => {
    const address = resolve(name)
    return address === undefined ? name : `<a href="${address}">${name}</a>`
  })
}

function renderer(resolve: Resolve): Marked {
  return new Marked({
    renderer: {
      html: ({ text }) => escaped(text),
      codespan: ({ text }) => `<code>${linkedCode(text, resolve)}</code>`,
      code: ({ text }) => `<pre><code>${escaped(text)}</code></pre>\n`,
    },
  })
}
