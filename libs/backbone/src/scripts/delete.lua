-- delete: forgets a session, whatever its state. Allowed at maxmemory: it only gives memory back.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash        the record: without it no claim, commit, renewal, resume or keep-alive succeeds any more
-- KEYS 2 audio    stream      without it no append succeeds: all of them insist on an existing stream
-- KEYS 3 log      stream      the text
-- KEYS 4 open     sorted set  the session leaves it, so nobody claims it
-- KEYS 5 expiry   sorted set  the session leaves it, so the reaper does not look for it
-- KEYS 6 text     channel     tells the client's connection and the observers
-- ARGV 1 sessionId
-- ARGV 2 publish    PUBLISH or SPUBLISH
-- Reply: DELETED; GONE when there was no record. What was left of the session without it is removed all the same.
local session, audio, log, open, expiry, text = unpack(KEYS)
local sessionId, publish = unpack(ARGV)

local wasThere = redis.call('EXISTS', session) == 1
redis.call('UNLINK', session, audio, log)
redis.call('ZREM', open, sessionId)
redis.call('ZREM', expiry, sessionId)
if not wasThere then
  return 'GONE'
end
redis.call(publish, text, 'X')
return 'DELETED'
