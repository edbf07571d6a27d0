/** The parts that the bench uses of packages without types. */

declare module 'koa-compose' {
  type Middleware<Context> = (context: Context, next: () => Promise<void>) => Promise<void>
  export default function compose<Context>(
    middleware: readonly Middleware<Context>[],
  ): (context: Context) => Promise<void>
}

declare module 'jexl' {
  interface Compiled {
    evalSync(context: object): unknown
  }
  const jexl: { compile(text: string): Compiled }
  export default jexl
}

declare module 'undo-manager' {
  export default class UndoManager {
    add(command: { undo(): void; redo(): void }): void
    undo(): void
    redo(): void
    clear(): void
  }
}
