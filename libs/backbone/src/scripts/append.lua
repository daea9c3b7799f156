-- append: stores one audio entry, but only behind the entry that the writer stored last, and with it the beginning of the client's file,
-- if it is given. For a cluster, where the client library follows a slot to its new master without a word, and for the first entry of
-- packed audio anywhere. Refused at maxmemory: the audio waits.
--
-- FLAGS none
-- KEYS 1 audio    stream
-- KEYS 2 session  hash    the record: mediaHeader
-- ARGV 1 streamId       id of the entry
-- ARGV 2 afterStreamId  id of the entry before it; `<sample>-0` stands for whichever entry was the last at that sample
-- ARGV 3 field          d or c
-- ARGV 4 content
-- ARGV 5 clientBytes
-- ARGV 6 restartFrame  packed audio: what a decoder that begins at these bytes gives first; else empty
-- ARGV 7 mediaHeader   the beginning of the client's file; empty when there is none, or it is kept already
-- Reply: STORED; GONE when there is no stream; ROLLED_BACK when the entry before it is missing, and nothing is stored.
-- Error of XADD when the id is not the greatest.
local audio, session = unpack(KEYS)
local streamId, afterStreamId, field, content, clientBytes, restartFrame, mediaHeader = unpack(ARGV)

local function precedes(a, b)
  local aSample, aCount = string.match(a, '^(%d+)-(%d+)$')
  local bSample, bCount = string.match(b, '^(%d+)-(%d+)$')
  aSample, bSample = tonumber(aSample), tonumber(bSample)
  return aSample < bSample or (aSample == bSample and tonumber(aCount) < tonumber(bCount))
end

local afterSample = string.match(afterStreamId, '^%d+')
if #redis.call('XRANGE', audio, afterStreamId, afterSample, 'COUNT', 1) == 0 and redis.call('EXISTS', audio) == 1 then
  -- a repeat whose first answer was lost, when all before it was trimmed meanwhile: XADD refuses it; else it would close a gap for good
  local info = redis.call('XINFO', 'STREAM', audio)
  local lastStreamId
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      lastStreamId = info[i + 1]
    end
  end
  if precedes(lastStreamId, streamId) then
    return 'ROLLED_BACK'
  end
end
local fields = { field, content, 'b', clientBytes }
if restartFrame ~= '' then
  fields[5], fields[6] = 'r', restartFrame
end
if not redis.call('XADD', audio, 'NOMKSTREAM', streamId, unpack(fields)) then
  return 'GONE'
end
-- never a record that is gone: it would have no TTL
if mediaHeader ~= '' and redis.call('EXISTS', session) == 1 then
  redis.call('HSET', session, 'mediaHeader', mediaHeader)
end
return 'STORED'
