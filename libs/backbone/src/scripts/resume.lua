-- resume: hands a session to a newer connection of its client. The caller has proved that the token is genuine; here its number decides.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash        the record: connection, number of the newest token that was used
-- KEYS 2 audio    stream      its last entry says where audio goes on
-- KEYS 3 log      stream      lives on with the record
-- KEYS 4 open     sorted set  the session joins it again, should it be missing
-- KEYS 5 expiry   sorted set  the reaper keeps away
-- KEYS 6 text     channel     tells the older connection
-- ARGV 1 sessionId
-- ARGV 2 token      number of the token: the connection it was given to
-- ARGV 3 liveTtlMs
-- ARGV 4 slackMs    keys live on so much longer, so that the reaper finds them
-- ARGV 5 publish    PUBLISH or SPUBLISH
-- Reply: {RESUMED, connection, config, epoch, seq, state, sample, clientBytes, restartFrame or empty}; {REFUSED} for a token whose successor was used;
-- {EXPIRED} when the reaper has it; {GONE} when record or audio are no longer there. Then nothing is changed.
local session, audio, log, open, expiry, text = unpack(KEYS)
local sessionId, token, liveTtlMs, slackMs, publish = unpack(ARGV)

local standing = redis.call('HMGET', session, 'connection', 'usedToken', 'state', 'endSample', 'endClientBytes')
local connection, usedToken, state, sample, clientBytes = unpack(standing, 1, 5)
local restartFrame
if not connection then
  return { 'GONE' }
end
-- the same token again is fine: whoever used a successor would have left a higher number
if tonumber(token) < tonumber(usedToken) then
  return { 'REFUSED' }
end
if state == 'expiring' then
  return { 'EXPIRED' }
end

if state ~= 'ended' then
  local last = redis.call('XREVRANGE', audio, '+', '-', 'COUNT', 1)[1]
  if not last then
    return { 'GONE' }
  end
  local time = redis.call('TIME')
  local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
  sample, clientBytes, restartFrame, state = string.match(last[1], '^%d+'), last[2][4], last[2][6], 'live'
  for _, key in ipairs({ session, audio, log }) do
    redis.call('PEXPIRE', key, liveTtlMs + slackMs)
  end
  redis.call('ZADD', open, 'NX', 0, sessionId)
  redis.call('ZADD', expiry, nowMs + liveTtlMs, sessionId)
end

-- a token of a higher number than the record's is genuine and the record is older than it: a failover took back the resume that gave it
connection = string.format('%.0f', math.max(connection, token) + 1)
redis.call('HSET', session, 'connection', connection, 'usedToken', token, 'state', state)
redis.call(publish, text, 'C ' .. connection)
local config, epoch, seq = unpack(redis.call('HMGET', session, 'config', 'epoch', 'seq'), 1, 3)
return { 'RESUMED', connection, config, epoch, seq, state, sample or '0', clientBytes or '0', restartFrame or '' }
