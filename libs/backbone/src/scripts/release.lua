-- release: hands a session back, so that the next transcriber may claim it at once.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash        the record
-- KEYS 2 open     sorted set  the session becomes nobody's
-- KEYS 3 work     channel     wakes the transcribers
-- ARGV 1 sessionId
-- ARGV 2 nodeId     the owner that releases
-- ARGV 3 fence
-- ARGV 4 failed     1 when it could not go on: it counts as a failed owner; else 0
-- ARGV 5 publish    PUBLISH or SPUBLISH
-- Reply: RELEASED; FENCED when somebody else holds it, and nothing is changed.
local session, open, work = unpack(KEYS)
local sessionId, nodeId, fence, failed, publish = unpack(ARGV)

local newest, owner = unpack(redis.call('HMGET', session, 'fence', 'owner'), 1, 2)
if newest ~= fence or owner ~= nodeId then
  return 'FENCED'
end
redis.call('HSET', session, 'owner', '')
if failed == '1' then
  redis.call('HINCRBY', session, 'failedOwners', 1)
end
redis.call('ZADD', open, 'XX', 0, sessionId)
redis.call(publish, work, sessionId)
return 'RELEASED'
