-- answer-chunk: decides once which finals the answer to a chunk tells: those that no answer has told. Asked again it says the same, so
-- the texts of all answers are the transcript, whichever replica gives them and however often.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash  the record: seq and the chunk fields
-- ARGV 1 index     of a chunk that was taken
-- ARGV 2 keptAnswers  so many are remembered; an older one is answered without text
-- Reply: {ANSWER, seq after which they begin, seq of the last}; {GONE} when there is no record.
local session = unpack(KEYS)
local index, keptAnswers = unpack(ARGV)

local field = 'chunkAnswer:' .. index
local seq, next, told, known = unpack(redis.call('HMGET', session, 'seq', 'chunkNext', 'chunkTold', field), 1, 4)
if not seq then
  return { 'GONE' }
end
if known then
  return { 'ANSWER', string.match(known, '^%d+'), string.match(known, '%d+$') }
end
if index + keptAnswers < tonumber(next or '0') then
  return { 'ANSWER', seq, seq }
end
told = told or '0'
redis.call('HSET', session, 'chunkTold', seq, field, told .. '-' .. seq)
redis.call('HDEL', session, 'chunkAnswer:' .. string.format('%.0f', index - keptAnswers))
return { 'ANSWER', told, seq }
