-- resume: hands a session to a newer connection of its client. The token is single-use: it is replaced here.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash     the record: token, connection
-- KEYS 2 audio    stream   its last entry says where audio goes on
-- KEYS 3 log      stream   lives on with the record
-- KEYS 4 text     channel  tells the older connection
-- ARGV 1 tokenHash      SHA-256 of the token that the client brought
-- ARGV 2 nextTokenHash  SHA-256 of the token it gets
-- ARGV 3 liveTtlMs
-- ARGV 4 publish        PUBLISH or SPUBLISH
-- Reply: {RESUMED, connection, config, epoch, seq, state, sample, clientBytes}, the same again for the same call repeated;
-- {REFUSED} for a wrong token; {GONE} when record or audio are no longer there. Then nothing is changed.
local session, audio, log, text = unpack(KEYS)
local tokenHash, nextTokenHash, liveTtlMs, publish = unpack(ARGV)

local record = redis.call('HMGET', session, 'token', 'connection', 'config', 'epoch', 'seq', 'state', 'endSample', 'endClientBytes')
local token, connection, config, epoch, seq, state, sample, clientBytes = unpack(record, 1, 8)
if not token then
  return { 'GONE' }
end
-- comparing hashes leaks nothing of the token, and Lua compares two strings by address
local isRepeat = token == nextTokenHash
if not isRepeat and token ~= tokenHash then
  return { 'REFUSED' }
end

if state ~= 'ended' then
  local last = redis.call('XREVRANGE', audio, '+', '-', 'COUNT', 1)[1]
  if not last then
    return { 'GONE' }
  end
  sample, clientBytes, state = string.match(last[1], '^%d+'), last[2][4], 'live'
  for _, key in ipairs({ session, audio, log }) do
    redis.call('PEXPIRE', key, liveTtlMs)
  end
end
if not isRepeat then
  connection = redis.call('HINCRBY', session, 'connection', 1)
  redis.call('HSET', session, 'token', nextTokenHash, 'state', state)
  redis.call(publish, text, 'C ' .. connection)
end
return { 'RESUMED', tostring(connection), config, epoch, seq, state, sample or '0', clientBytes or '0' }
