-- due: lists sessions whose moment has come, by the clock of Redis: in `open` those that are nobody's or whose lease ran out, in
-- `expiry` those whose client did not come back.
--
-- FLAGS no-writes
-- KEYS 1 moments  sorted set  `open` or `expiry` of the shard
-- ARGV 1 offset   candidates to skip
-- ARGV 2 limit    candidates wanted
-- Reply: session ids, nobody's first, then the longest overdue.
local moments = unpack(KEYS)
local offset, limit = unpack(ARGV)

local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', moments, '-inf', nowMs, 'LIMIT', offset, limit)
