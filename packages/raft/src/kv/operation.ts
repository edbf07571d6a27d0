/** What a client may ask of the store. Keys and values are strings; `null` stands for a missing key. */
export type KvOp =
  | { readonly type: 'get'; readonly key: string }
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string }
  /** Writes `to` if the key holds `from`. */
  | {
      readonly type: 'cas'
      readonly key: string
      readonly from: string | null
      readonly to: string
    }

/** What the store answers: a get its value, a put 'done', a delete and a cas whether they did it. */
export type KvValue =
  | { readonly type: 'value'; readonly value: string | null }
  | { readonly type: 'done' }
  | { readonly type: 'deleted'; readonly existed: boolean }
  | { readonly type: 'swapped'; readonly swapped: boolean }
