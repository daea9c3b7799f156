-- release: hands a session back, so that the next transcriber may claim it at once.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash        the record
-- KEYS 2 open     sorted set  the session becomes nobody's
-- KEYS 3 work     channel     wakes the transcribers
-- ARGV 1 sessionId
-- ARGV 2 fence
-- ARGV 3 publish    PUBLISH or SPUBLISH
-- Reply: RELEASED; FENCED when somebody else holds it, and nothing is changed.
local session, open, work = unpack(KEYS)
local sessionId, fence, publish = unpack(ARGV)

if redis.call('HGET', session, 'fence') ~= fence then
  return 'FENCED'
end
redis.call('HSET', session, 'owner', '')
redis.call('ZADD', open, 'XX', 0, sessionId)
redis.call(publish, work, sessionId)
return 'RELEASED'
