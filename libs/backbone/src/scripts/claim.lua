-- claim: takes one session for a transcriber, under a new fence. Allowed at maxmemory: a crash must not wait for memory.
--
-- FLAGS allow-oom
-- KEYS 1 open     sorted set  the deadline is moved there
-- KEYS 2 expiry   sorted set  a session whose record is gone leaves it too
-- KEYS 3 session  hash        the record
-- ARGV 1 sessionId
-- ARGV 2 nodeId     the new owner
-- ARGV 3 leaseMs
-- ARGV … provider   recognisers the claimer has; a session that wants another one is left alone
-- Reply: {CLAIMED, fence, seq, config, checkpoint or '', failedOwners}; {TAKEN}; {OTHER_PROVIDER}; {GONE}, then it was also taken out
-- of `open` and `expiry`.
local open, expiry, session = unpack(KEYS)
local sessionId, nodeId, leaseMs = unpack(ARGV, 1, 3)

local deadlineMs = redis.call('ZSCORE', open, sessionId)
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
if not deadlineMs or tonumber(deadlineMs) > nowMs then
  return { 'TAKEN' }
end

local record = redis.call('HMGET', session, 'provider', 'seq', 'config', 'checkpoint', 'failedOwners')
local wanted, seq, config, checkpoint, failedOwners = unpack(record, 1, 5)
if not wanted then
  redis.call('ZREM', open, sessionId)
  redis.call('ZREM', expiry, sessionId)
  return { 'GONE' }
end

for i = 4, #ARGV do
  if ARGV[i] == wanted then
    local fence = redis.call('HINCRBY', session, 'fence', 1)
    redis.call('HSET', session, 'owner', nodeId)
    redis.call('ZADD', open, nowMs + leaseMs, sessionId)
    return { 'CLAIMED', tostring(fence), seq, config, checkpoint or '', failedOwners or '0' }
  end
end
return { 'OTHER_PROVIDER' }
