/** A process that makes ids until it is killed: its mark is in a file, and its clock begins where it is told. */
import { once } from 'node:events'
import { Snowflake, snowflakeFlaws, systemClock } from '@lockstep/idgen'
import { FileMark } from '@lockstep/idgen/node'

/** What the process is told. It answers with arrays of ids. */
export interface Life {
  readonly markFile: string
  /** What the wall clock shows at first. */
  readonly clockMs: number
  /** The rule that is broken. */
  readonly flaw?: string
}

const [{ markFile, clockMs, flaw }] = (await once(process, 'message')) as [Life]
let aheadMs = clockMs - Date.now()
const snowflake = await Snowflake.open({
  worker: 1,
  mark: new FileMark(markFile),
  markAheadMs: 400,
  clock: { ...systemClock, wall: () => Date.now() + aheadMs },
  rules: snowflakeFlaws.find(({ name }) => name === flaw)?.breaks ?? {},
})
// Opening takes as long as the disk does: the ids are to begin at that time.
aheadMs = clockMs - Date.now()
for (;;) {
  const ids = new BigUint64Array(1000)
  await snowflake.nextInto(ids)
  await new Promise((sent) => process.send?.(ids, sent))
}
