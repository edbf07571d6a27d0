/**
 * What a judge says. `text` is one sentence for people and says what was looked at, such as
 * 'Linearizable: 412 operations on 8 keys'.
 */
export type Verdict =
  | { readonly is: 'holds'; readonly text: string }
  | {
      readonly is: 'violated'
      /** The judge or the invariant that was broken. */
      readonly by: string
      readonly text: string
      /** The step of the run at which it was seen, where there is one. */
      readonly step?: number
      /** The operations that together cannot be explained, by id. */
      readonly operations?: readonly number[]
    }
  | { readonly is: 'unknown'; readonly by: string; readonly text: string }
