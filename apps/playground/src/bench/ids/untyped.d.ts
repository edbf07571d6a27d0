/** The parts that the bench uses of packages without types. */

declare module 'flake-idgen' {
  export default class FlakeId {
    constructor(options: { readonly id: number; readonly epoch: number })
    next(): Buffer
  }
}
