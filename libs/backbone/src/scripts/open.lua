-- open: begins a session. Refused at maxmemory: the sessions that exist go first.
--
-- FLAGS none
-- KEYS 1 session  hash        the record; must not exist yet
-- KEYS 2 audio    stream      gets its opening entry, so that every append can insist on an existing stream
-- KEYS 3 open     sorted set  the session joins it as nobody's
-- KEYS 4 work     channel     wakes the transcribers
-- ARGV 1 sessionId
-- ARGV 2 config     JSON
-- ARGV 3 provider   name of the recogniser
-- ARGV 4 epoch      random, names this record's life
-- ARGV 5 tokenHash  SHA-256 of the resume token
-- ARGV 6 liveTtlMs
-- ARGV 7 publish    PUBLISH or SPUBLISH
-- Reply: OPENED, also when this very call was made before and its reply was lost; TAKEN when the id is somebody else's.
local session, audio, open, work = unpack(KEYS)
local sessionId, config, provider, epoch, tokenHash, liveTtlMs, publish = unpack(ARGV)

local known = redis.call('HGET', session, 'epoch')
if known then
  return known == epoch and 'OPENED' or 'TAKEN'
end

redis.call('HSET', session, 'config', config, 'provider', provider, 'state', 'live', 'epoch', epoch, 'token', tokenHash,
  'connection', 1, 'fence', 0, 'owner', '', 'seq', 0)
redis.call('PEXPIRE', session, liveTtlMs)
redis.call('XADD', audio, '0-1', 'c', 'open', 'b', 0)
redis.call('PEXPIRE', audio, liveTtlMs)
redis.call('ZADD', open, 0, sessionId)
redis.call(publish, work, sessionId)
return 'OPENED'
