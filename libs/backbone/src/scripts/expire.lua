-- expire: ends the wait for a client that did not come back. The mark goes behind all audio; whoever transcribes the session finalises it.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash        the record
-- KEYS 2 audio    stream      gets the mark
-- KEYS 3 log      stream      lives on with the record
-- KEYS 4 open     sorted set  the session joins it again, should it be missing
-- KEYS 5 expiry   sorted set  the session leaves it
-- KEYS 6 work     channel     wakes the transcribers
-- ARGV 1 sessionId
-- ARGV 2 keyTtlMs   for the last finals to be made and read
-- ARGV 3 publish    PUBLISH or SPUBLISH
-- Reply: EXPIRED; NOT_DUE when it was done before or somebody came back; GONE when it has no record, then it was taken out of both sets.
local session, audio, log, open, expiry, work = unpack(KEYS)
local sessionId, keyTtlMs, publish = unpack(ARGV)

local state = redis.call('HGET', session, 'state')
if not state then
  redis.call('ZREM', open, sessionId)
  redis.call('ZREM', expiry, sessionId)
  return 'GONE'
end
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local dueMs = redis.call('ZSCORE', expiry, sessionId)
if not dueMs or tonumber(dueMs) > nowMs then
  return 'NOT_DUE'
end

redis.call('ZREM', expiry, sessionId)
local last = redis.call('XREVRANGE', audio, '+', '-', 'COUNT', 1)[1]
if last then
  -- Redis counts on behind the marks that stand at this sample: the id is nobody else's
  redis.call('XADD', audio, string.match(last[1], '^%d+') .. '-*', 'c', 'expire', 'b', last[2][4])
end
redis.call('HSET', session, 'state', 'expiring')
for _, key in ipairs({ session, audio, log }) do
  redis.call('PEXPIRE', key, keyTtlMs)
end
redis.call('ZADD', open, 'NX', 0, sessionId)
redis.call(publish, work, sessionId)
return 'EXPIRED'
