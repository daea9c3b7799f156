-- detach: the client's connection is gone; the session waits for a resume as long as the window lasts.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash        the record
-- KEYS 2 audio    stream      waits too
-- KEYS 3 log      stream      waits too
-- KEYS 4 expiry   sorted set  the reaper may have the session when the window is over
-- ARGV 1 sessionId
-- ARGV 2 connection      the one that is gone
-- ARGV 3 resumeWindowMs
-- ARGV 4 slackMs         keys live on so much longer, so that the reaper finds them
-- Reply: DETACHED; KEPT when a newer connection holds the session or it is over, and nothing is changed.
local session, audio, log, expiry = unpack(KEYS)
local sessionId, connection, resumeWindowMs, slackMs = unpack(ARGV)

local newest, state = unpack(redis.call('HMGET', session, 'connection', 'state'), 1, 2)
if newest ~= connection or state ~= 'live' then
  return 'KEPT'
end
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', session, 'state', 'detached')
redis.call('ZADD', expiry, nowMs + resumeWindowMs, sessionId)
for _, key in ipairs({ session, audio, log }) do
  redis.call('PEXPIRE', key, resumeWindowMs + slackMs)
end
return 'DETACHED'
