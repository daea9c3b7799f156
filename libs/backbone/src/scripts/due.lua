-- due: lists sessions that are nobody's or whose lease ran out, by the clock of Redis.
--
-- FLAGS no-writes
-- KEYS 1 open    sorted set  every live session of the shard
-- ARGV 1 offset  candidates to skip
-- ARGV 2 limit   candidates wanted
-- Reply: session ids, nobody's first, then the longest overdue.
local open = unpack(KEYS)
local offset, limit = unpack(ARGV)

local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', open, '-inf', nowMs, 'LIMIT', offset, limit)
