import { isUlid, isUuid, SnowflakeLayout, snowflakeForms, uuidFields } from '@lockstep/idgen'
import { describe, expect, test } from 'vitest'
import { lockstep } from '../command.ts'

const lines = (text: string): string[] => text.trimEnd().split('\n')

describe('lockstep id', () => {
  test('makes Snowflake ids of a worker, in order, in each of their forms', async () => {
    const { stdout, code } = await lockstep(['id', 'snowflake', '-n', '30000', '--worker', '7'])
    expect(code).toBe(0)
    const ids = lines(stdout).map((id) => snowflakeForms.decimal.read(id))
    expect(new Set(ids).size).toBe(30_000)
    expect(ids).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)))
    expect(new SnowflakeLayout().fieldsOf(ids[0] ?? 0n)).toMatchObject({ workerId: 7 })
    const base62 = await lockstep(['id', 'snowflake', '--format', 'base62'])
    expect(snowflakeForms.base62.read(base62.stdout.trim())).toBeGreaterThan(ids.at(-1) ?? 0n)
    const hex = await lockstep(['id', 'snowflake', '--format', 'hex', '--epoch', '1700000000000'])
    const { timeMs } = new SnowflakeLayout({ epochMs: 1_700_000_000_000 }).fieldsOf(
      BigInt(`0x${hex.stdout.trim()}`),
    )
    expect(Math.abs(timeMs - Date.now())).toBeLessThan(60_000)
    const bytes = await lockstep(['id', 'ulid', '-n', '3', '--format', 'bytes'])
    expect(bytes.stdout.length).toBeGreaterThan(0)
  })

  test.for([
    ['uuid4', (id: string) => isUuid(id) && uuidFields(id).version === 4],
    ['uuid7', (id: string) => isUuid(id) && uuidFields(id).version === 7],
    ['ulid', isUlid],
  ] as const)('makes %s as text and as JSON', async ([kind, isOne]) => {
    const text = await lockstep(['id', kind, '-n', '3'])
    expect(lines(text.stdout)).toHaveLength(3)
    expect(lines(text.stdout).every(isOne)).toBe(true)
    const json = await lockstep(['id', kind, '--json'])
    expect(JSON.parse(json.stdout)).toEqual({ kind, ids: [expect.toSatisfy(isOne)] })
  })

  test.for<[what: string, id: string, readings: readonly object[]]>([
    [
      'a UUID of version 7',
      '017F22E2-79B0-7CC3-98C4-DC0C0C07398F',
      [{ kind: 'UUID', version: 7, time: '2022-02-22T19:22:22.000Z' }],
    ],
    ['a UUID of version 4', '919108f7-52d1-4320-9bac-f847db4148a8', [{ kind: 'UUID', version: 4 }]],
    [
      'a ULID',
      '01FWHE4YDGFK1SHH6W1G60EECF',
      [{ kind: 'ULID', uuid: '017f22e2-79b0-7cc3-98c4-dc0c0c07398f' }],
    ],
    [
      'a Snowflake id',
      '1541815603606036480',
      [{ kind: 'Snowflake', time: '2022-06-28T16:07:40.105Z', workerId: 378, sequence: 0 }],
    ],
    [
      'a Snowflake id in hexadecimal',
      '1565a11f6217a000',
      [{ kind: 'Snowflake', form: 'hexadecimal', workerId: 378 }],
    ],
    [
      'digits that two forms have',
      '12345678901',
      [
        { form: 'decimal', decimal: '12345678901' },
        { form: 'base 62', decimal: '867042935339397333' },
      ],
    ],
  ])('says what %s is', async ([, id, readings]) => {
    const { stdout, code } = await lockstep(['id', '--parse', id, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ id, readings })
  })

  test('says it in lines, too', async () => {
    const { stdout } = await lockstep(['id', '--parse', '1541815603606036480'])
    expect(lines(stdout)).toContain('time      2022-06-28T16:07:40.105Z')
    expect(lines(stdout)).toContain('workerId  378')
  })

  test.for<[args: string[], says: RegExp]>([
    [['id'], /make one of uuid4, .*--parse/],
    [['id', 'uuid9'], /no ids called 'uuid9'. Choose one of: uuid4/],
    [['id', '--parse', 'nonsense'], /'nonsense' is no id that is known here. Give a UUID/],
    [['id', 'snowflake', '--worker', '1024'], /whole number from 0 to 1023/],
    [['id', 'ulid', '--format', 'bytes', '--json'], /Leave out --json/],
    [['id', 'ulid', '--format', 'decimal'], /text, hex, bytes/],
    [['id', 'uuid7', '-n', '0'], /whole number from 1/],
  ])('%j is refused, and says how to mend it', async ([args, says]) => {
    const { code, stdout, stderr } = await lockstep(args)
    expect(stderr).toMatch(says)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })
})

describe('lockstep id check', () => {
  test('judges ids of one process', async () => {
    const { stdout, code } = await lockstep(['id', 'check', '-n', '1200000', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      ids: 1_200_000,
      unique: { is: 'holds', text: 'Unique: 1,200,000 ids of 1 source' },
      ordered: { is: 'holds' },
      true: { is: 'holds' },
      asExpected: true,
    })
    expect(code).toBe(0)
  })

  test('judges ids of several, and finds out when they have one worker id', async () => {
    const args = ['id', 'check', '-n', '400000', '--processes', '2']
    const apart = await lockstep(args)
    expect(apart.stdout).toContain('holds: Unique: 400,000 ids of 2 sources')
    expect(apart.code).toBe(0)
    const wrong = ['id', 'check', '-n', '2000000', '--processes', '2', '--flaw', 'worker-shared']
    const shared = await lockstep([...wrong, '--json'])
    expect(JSON.parse(shared.stdout)).toMatchObject({
      unique: { is: 'violated' },
      expected: { is: 'violated' },
    })
    expect(shared.code).toBe(0)
  })
})
