-- renew: extends the leases a transcriber holds in one shard. Allowed at maxmemory: it moves a score and adds nothing, and refused
-- it would cost every lease in the house at the worst moment.
--
-- FLAGS allow-oom
-- KEYS 1 open     sorted set  the deadlines
-- KEYS 2 expiry   sorted set  a session whose record is gone leaves it too
-- KEYS … session  hash        the record of each held session
-- ARGV 1 nodeId   the owner that renews
-- ARGV 2 leaseMs
-- ARGV … sessionId
-- ARGV … fence      as the claim gave it
-- Reply: ids of the sessions that are no longer the caller's.
local open, expiry = unpack(KEYS, 1, 2)
local nodeId, leaseMs = unpack(ARGV, 1, 2)

local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local lost = {}
for i = 3, #KEYS do
  local session, sessionId, fence = KEYS[i], ARGV[2 * i - 3], ARGV[2 * i - 2]
  local newest, owner = unpack(redis.call('HMGET', session, 'fence', 'owner'), 1, 2)
  local deadlineMs = redis.call('ZSCORE', open, sessionId)
  if not newest then
    redis.call('ZREM', open, sessionId)
    redis.call('ZREM', expiry, sessionId)
  end
  -- a deadline in the past under our own fence is late and still ours; 0 was handed back and is not
  if newest == fence and owner == nodeId and deadlineMs and deadlineMs ~= '0' then
    redis.call('ZADD', open, nowMs + leaseMs, sessionId)
  else
    lost[#lost + 1] = sessionId
  end
end
return lost
