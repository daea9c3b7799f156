-- begin-chunk: lets one upload of a chunk session begin, or says why not. Nothing of the upload is in Redis yet, or a part of it is, from
-- a try that died: what the stream holds beyond the last chunk taken may only be gone on with by the same bytes.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash        the record: chunkNext and the other chunk fields
-- KEYS 2 audio    stream      its last entry says how much of the upload an earlier try has stored
-- KEYS 3 log      stream      lives on with the record
-- KEYS 4 open     sorted set  the session joins it again, should it be missing
-- KEYS 5 expiry   sorted set  the reaper keeps away
-- ARGV 1 sessionId
-- ARGV 2 index      of the chunk; empty for the next one
-- ARGV 3 digest     of the chunk's bytes
-- ARGV 4 isFirst    1 when the caller has just opened the session for it: from now on it is a chunk session
-- ARGV 5 liveTtlMs
-- ARGV 6 slackMs    keys live on so much longer, so that the reaper finds them
-- Reply: {BEGUN, index, config, sample, clientBytes, told, decoder}; {TAKEN, index, config, told, 1 when it was answered} for an index
-- taken before; else nothing is changed: {AHEAD, index that is next}; {OTHER_BYTES, index}; {OVER} when it has ended or is about to;
-- {NOT_CHUNKED} for a session of a WebSocket; {GONE} when record or audio are no longer there.
local session, audio, log, open, expiry = unpack(KEYS)
local sessionId, index, digest, isFirst, liveTtlMs, slackMs = unpack(ARGV)

local record = redis.call('HMGET', session, 'config', 'state', 'chunkNext', 'chunkBegun', 'chunkDigest', 'chunkDecoder',
  'chunkSample', 'chunkTold', 'chunkFinal')
local config, state, next, begun, lastDigest, decoder, takenSample, told, final = unpack(record, 1, 9)
if not config then
  return { 'GONE' }
end
if not next then
  if isFirst ~= '1' then
    return { 'NOT_CHUNKED' }
  end
  next = '0'
end

index = index == '' and tonumber(next) or tonumber(index)
next = tonumber(next)
if index < next then
  if index == next - 1 and digest ~= lastDigest then
    return { 'OTHER_BYTES', tostring(index) }
  end
  local isAnswered = redis.call('HEXISTS', session, 'chunkAnswer:' .. string.format('%.0f', index))
  return { 'TAKEN', tostring(index), config, told or '0', tostring(isAnswered) }
end
if final or state == 'ended' or state == 'expiring' then
  return { 'OVER' }
end
if index > next then
  return { 'AHEAD', tostring(next) }
end
local last = redis.call('XREVRANGE', audio, '+', '-', 'COUNT', 1)[1]
if not last then
  return { 'GONE' }
end
local sample = string.match(last[1], '^%d+')
if begun and begun ~= digest and tonumber(sample) > tonumber(takenSample or '0') then
  return { 'OTHER_BYTES', tostring(index) }
end

local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', session, 'chunkNext', next, 'chunkBegun', digest, 'state', 'live')
for _, key in ipairs({ session, audio, log }) do
  redis.call('PEXPIRE', key, liveTtlMs + slackMs)
end
redis.call('ZADD', open, 'NX', 0, sessionId)
redis.call('ZADD', expiry, nowMs + liveTtlMs, sessionId)
return { 'BEGUN', tostring(index), config, sample, last[2][4], told or '0', decoder or '' }
