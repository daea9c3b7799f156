-- commit: all or nothing, the one write of text. Allowed at maxmemory: it adds a few hundred bytes and gives kilobytes of audio back.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash        the record: fence, seq, checkpoint
-- KEYS 2 log      stream      gets the messages
-- KEYS 3 audio    stream      is trimmed
-- KEYS 4 open     sorted set  an ended session leaves it
-- KEYS 5 text     channel     the messages as they happen
-- ARGV 1 fence
-- ARGV 2 sessionId
-- ARGV 3 checkpoint
-- ARGV 4 releaseBeforeSample  audio entries that end before it are deleted
-- ARGV 5 ends                 1 when the session is over, else 0
-- ARGV 6 liveTtlMs
-- ARGV 7 retentionMs
-- ARGV 8 publish              PUBLISH or SPUBLISH
-- ARGV … seq
-- ARGV … json
-- Reply: COMMITTED; ALREADY when this very commit was made before and its reply was lost; FENCED, and nothing is changed.
-- Error CONFLICT: the messages do not go on from the log; nothing is changed.
local session, log, audio, open, text = unpack(KEYS)
local fence, sessionId, checkpoint, releaseBeforeSample, ends, liveTtlMs, retentionMs, publish = unpack(ARGV, 1, 8)
local FIRST = 9

local newest, state, lastSeq = unpack(redis.call('HMGET', session, 'fence', 'state', 'seq'), 1, 3)
if newest ~= fence then
  return 'FENCED'
end

-- every check stands before the first write: an error in the middle of a script does not undo what came before it
lastSeq = tonumber(lastSeq)
local isRepeat = state == 'ended' and ends == '1'
for i = FIRST, #ARGV, 2 do
  local seq, json = tonumber(ARGV[i]), ARGV[i + 1]
  if i == FIRST then
    isRepeat = seq <= lastSeq
  end
  if isRepeat then
    local entry = redis.call('XRANGE', log, seq .. '-0', seq .. '-0')[1]
    if not entry or entry[2][2] ~= json then
      return redis.error_reply('CONFLICT seq ' .. seq .. ' is in the log with other content')
    end
  elseif seq ~= lastSeq + 1 + (i - FIRST) / 2 then
    return redis.error_reply('CONFLICT seq ' .. seq .. ' does not follow ' .. lastSeq)
  end
end
if isRepeat then
  return 'ALREADY'
end
if state == 'ended' then
  return 'FENCED'
end

for i = FIRST, #ARGV, 2 do
  redis.call('XADD', log, ARGV[i] .. '-0', 'm', ARGV[i + 1])
  lastSeq = ARGV[i]
end
redis.call('HSET', session, 'checkpoint', checkpoint, 'seq', lastSeq)

if ends == '1' then
  local last = redis.call('XREVRANGE', audio, '+', '-', 'COUNT', 1)[1]
  if last then
    redis.call('HSET', session, 'endSample', string.match(last[1], '^%d+'), 'endClientBytes', last[2][4])
  end
  redis.call('HSET', session, 'state', 'ended', 'owner', '')
  redis.call('ZREM', open, sessionId)
  redis.call('UNLINK', audio)
  redis.call('PEXPIRE', session, retentionMs)
else
  redis.call('XTRIM', audio, 'MINID', releaseBeforeSample .. '-0')
  if state == 'live' then
    redis.call('PEXPIRE', session, liveTtlMs)
    redis.call('PEXPIRE', audio, liveTtlMs)
  end
end
redis.call('PEXPIRE', log, redis.call('PTTL', session))

for i = FIRST, #ARGV, 2 do
  redis.call(publish, text, 'D ' .. ARGV[i] .. ' ' .. ARGV[i + 1])
end
return 'COMMITTED'
