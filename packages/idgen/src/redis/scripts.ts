/**
 * The scripts that run in Redis. The state of a name is a hash: `run` is the server process that its
 * counters are known to be whole on, `era` the era of the floor in which that was found, `day` the
 * last day that ids were taken of, and `last` that day's counter. The counters are keys of their own,
 * one a day.
 */

/** A server process of Redis has one `run_id` for its life; a replica that takes over has another. */
const runOfServer = `local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')`

/**
 * Takes ids of a day. Keys: the state, the day's counter. Values: the day, how many, the highest
 * number of a day, the seconds that a counter lives, and the last number of this day in this era that
 * the caller knows of, with the era.
 *
 * Answers `taken` with the last number and the era, `unknown` where the counter may have lost
 * something, `later` with the day where others are in a later one already, or `exhausted`.
 */
export const take: string = `${runOfServer}
local state = redis.call('HMGET', KEYS[1], 'run', 'era', 'day', 'last')
if state[1] ~= run then return {'unknown'} end
if tonumber(state[3]) > tonumber(ARGV[1]) then return {'later', state[3]} end
local counter = redis.call('GET', KEYS[2]) or '0'
if counter ~= (state[3] == ARGV[1] and state[4] or '0') then return {'unknown'} end
if state[2] == ARGV[6] and tonumber(counter) < tonumber(ARGV[5]) then return {'unknown'} end
if tonumber(counter) + tonumber(ARGV[2]) > tonumber(ARGV[3]) then return {'exhausted'} end
local last = string.format('%.0f', redis.call('INCRBY', KEYS[2], ARGV[2]))
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('HSET', KEYS[1], 'day', ARGV[1], 'last', last)
return {'taken', last, state[2]}`

/**
 * Sets a counter up in a new era. Keys: the state, the day's counter. Values: the day, the era, the
 * number that the day begins behind, the seconds that a counter lives. Does nothing if a later era
 * was set up already.
 */
export const adopt: string = `${runOfServer}
local era = redis.call('HGET', KEYS[1], 'era')
if era and tonumber(era) >= tonumber(ARGV[2]) then return {'late'} end
redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[4])
redis.call('HSET', KEYS[1], 'run', run, 'era', ARGV[2], 'day', ARGV[1], 'last', ARGV[3])
return {'adopted'}`
