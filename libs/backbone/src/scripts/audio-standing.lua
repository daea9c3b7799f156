-- audio-standing: says what Redis holds of a session whose writer was cut off.
--
-- FLAGS no-writes
-- KEYS 1 session  hash    the record: connection
-- KEYS 2 audio    stream
-- Reply: {STANDS, connection, id of the last entry}; {GONE} when record or audio are no longer there.
local session, audio = unpack(KEYS)

local connection = redis.call('HGET', session, 'connection')
if not connection or redis.call('EXISTS', audio) == 0 then
  return { 'GONE' }
end
local info = redis.call('XINFO', 'STREAM', audio)
for i = 1, #info, 2 do
  if info[i] == 'last-generated-id' then
    return { 'STANDS', connection, info[i + 1] }
  end
end
