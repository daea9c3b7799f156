-- detach: the client's connection is gone; the session waits for a resume as long as the window lasts.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash    the record
-- KEYS 2 audio    stream  waits too
-- KEYS 3 log      stream  waits too
-- ARGV 1 connection      the one that is gone
-- ARGV 2 resumeWindowMs
-- Reply: DETACHED; KEPT when a newer connection holds the session or it is over, and nothing is changed.
local session, audio, log = unpack(KEYS)
local connection, resumeWindowMs = unpack(ARGV)

local newest, state = unpack(redis.call('HMGET', session, 'connection', 'state'), 1, 2)
if newest ~= connection or state ~= 'live' then
  return 'KEPT'
end
redis.call('HSET', session, 'state', 'detached')
for _, key in ipairs({ session, audio, log }) do
  redis.call('PEXPIRE', key, resumeWindowMs)
end
return 'DETACHED'
