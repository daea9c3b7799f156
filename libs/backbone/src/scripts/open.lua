-- open: begins a session. Refused at maxmemory: the sessions that exist go first.
--
-- FLAGS none
-- KEYS 1 session  hash        the record; must not exist yet
-- KEYS 2 audio    stream      gets its opening entry, so that every append can insist on an existing stream
-- KEYS 3 open     sorted set  the session joins it as nobody's
-- KEYS 4 expiry   sorted set  the reaper may have the session once its client gives no sign of life for so long
-- KEYS 5 work     channel     wakes the transcribers
-- ARGV 1 sessionId
-- ARGV 2 config     JSON
-- ARGV 3 provider   name of the recogniser
-- ARGV 4 epoch      random, names this record's life
-- ARGV 5 secret     random, the key of its resume tokens
-- ARGV 6 liveTtlMs
-- ARGV 7 slackMs    keys live on so much longer, so that the reaper finds them
-- ARGV 8 publish    PUBLISH or SPUBLISH
-- Reply: OPENED, also when this very call was made before and its reply was lost; TAKEN when the id is somebody else's.
local session, audio, open, expiry, work = unpack(KEYS)
local sessionId, config, provider, epoch, secret, liveTtlMs, slackMs, publish = unpack(ARGV)

local known = redis.call('HGET', session, 'epoch')
if known then
  return known == epoch and 'OPENED' or 'TAKEN'
end

local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local keyTtlMs = liveTtlMs + slackMs
redis.call('HSET', session, 'config', config, 'provider', provider, 'state', 'live', 'epoch', epoch, 'secret', secret,
  'connection', 1, 'usedToken', 0, 'fence', 0, 'owner', '', 'failedOwners', 0, 'seq', 0)
redis.call('PEXPIRE', session, keyTtlMs)
redis.call('XADD', audio, '0-1', 'c', 'open', 'b', 0)
redis.call('PEXPIRE', audio, keyTtlMs)
redis.call('ZADD', open, 0, sessionId)
redis.call('ZADD', expiry, nowMs + liveTtlMs, sessionId)
redis.call(publish, work, sessionId)
return 'OPENED'
