-- take-chunk: one upload of a chunk session is stored whole: the next index and the decoder's state move on together, and the end mark of
-- a final chunk goes behind the audio in the same moment. Refused at maxmemory: the client sends the chunk again.
--
-- FLAGS none
-- KEYS 1 session  hash        the record: chunkNext and the other chunk fields
-- KEYS 2 audio    stream      must end where the chunk does; gets the mark
-- KEYS 3 log      stream      lives on with the record
-- KEYS 4 expiry   sorted set  the reaper may have the session when no chunk comes for so long
-- ARGV 1 sessionId
-- ARGV 2 index      of the chunk
-- ARGV 3 digest     of the chunk's bytes
-- ARGV 4 decoder    its state after the chunk, for the next replica
-- ARGV 5 sample     where the audio ends
-- ARGV 6 clientBytes
-- ARGV 7 isFinal    1: the session ends with this chunk
-- ARGV 8 resumeWindowMs
-- ARGV 9 slackMs    keys live on so much longer, so that the reaper finds them
-- Reply: TAKEN; ALREADY when another request took the same chunk; else nothing is changed: OTHER_BYTES when another one took its index;
-- MOVED when the audio or the index do not stand where the caller left them: it must begin again; OVER; GONE.
local session, audio, log, expiry = unpack(KEYS)
local sessionId, index, digest, decoder, sample, clientBytes, isFinal, resumeWindowMs, slackMs = unpack(ARGV)

local state, next, lastDigest = unpack(redis.call('HMGET', session, 'state', 'chunkNext', 'chunkDigest'), 1, 3)
if not state then
  return 'GONE'
end
if next == string.format('%.0f', index + 1) then
  return lastDigest == digest and 'ALREADY' or 'OTHER_BYTES'
end
if next ~= index then
  return 'MOVED'
end
if state == 'ended' or state == 'expiring' then
  return 'OVER'
end
local last = redis.call('XREVRANGE', audio, '+', '-', 'COUNT', 1)[1]
if not last then
  return 'GONE'
end
if string.match(last[1], '^%d+') ~= sample then
  return 'MOVED'
end

local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', session, 'chunkNext', string.format('%.0f', index + 1), 'chunkDigest', digest, 'chunkDecoder', decoder,
  'chunkSample', sample, 'state', 'detached')
redis.call('HDEL', session, 'chunkBegun')
if isFinal == '1' then
  -- Redis counts on behind whatever stands at this sample: the id is nobody else's
  redis.call('XADD', audio, sample .. '-*', 'c', 'end', 'b', clientBytes)
  redis.call('HSET', session, 'chunkFinal', index)
end
redis.call('ZADD', expiry, nowMs + resumeWindowMs, sessionId)
for _, key in ipairs({ session, audio, log }) do
  redis.call('PEXPIRE', key, resumeWindowMs + slackMs)
end
return 'TAKEN'
