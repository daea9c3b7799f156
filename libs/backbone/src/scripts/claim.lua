-- claim: takes one session for a transcriber, under a new fence. Allowed at maxmemory: a crash must not wait for memory.
--
-- FLAGS allow-oom
-- KEYS 1 open     sorted set  the deadline is moved there
-- KEYS 2 expiry   sorted set  a session whose record is gone leaves it too
-- KEYS 3 session  hash        the record
-- ARGV 1 sessionId
-- ARGV 2 nodeId     the new owner
-- ARGV 3 leaseMs
-- ARGV 4 isBlind    1 when the claimer was cut off lately: then a lease that ran out proves nothing about its owner; else 0
-- ARGV … provider   recognisers the claimer has; a session that wants another one is left alone
-- Reply: {CLAIMED, fence, seq, config, checkpoint or '', lostOwners}; {TAKEN}; {OTHER_PROVIDER}; {GONE}, then it was also taken out
-- of `open` and `expiry`.
local open, expiry, session = unpack(KEYS)
local sessionId, nodeId, leaseMs, isBlind = unpack(ARGV, 1, 4)

local deadlineMs = redis.call('ZSCORE', open, sessionId)
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
if not deadlineMs or tonumber(deadlineMs) > nowMs then
  return { 'TAKEN' }
end

local record = redis.call('HMGET', session, 'provider', 'seq', 'config', 'checkpoint', 'owner', 'lostOwners')
local wanted, seq, config, checkpoint, owner, lostOwners = unpack(record, 1, 6)
if not wanted then
  redis.call('ZREM', open, sessionId)
  redis.call('ZREM', expiry, sessionId)
  return { 'GONE' }
end

for i = 5, #ARGV do
  if ARGV[i] == wanted then
    local fence = redis.call('HINCRBY', session, 'fence', 1)
    -- whoever handed it back left no name: a name that is still there is that of an owner whose lease ran out. When Redis was away all
    -- leases ran out, and the owners live
    if owner ~= '' and isBlind == '0' then
      lostOwners = redis.call('HINCRBY', session, 'lostOwners', 1)
    end
    redis.call('HSET', session, 'owner', nodeId)
    redis.call('ZADD', open, nowMs + leaseMs, sessionId)
    return { 'CLAIMED', tostring(fence), seq, config, checkpoint or '', tostring(lostOwners or 0) }
  end
end
return { 'OTHER_PROVIDER' }
