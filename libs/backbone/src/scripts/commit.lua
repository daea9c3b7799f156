-- commit: all or nothing, the one write of text. Allowed at maxmemory: it adds a few hundred bytes and gives kilobytes of audio back.
--
-- FLAGS allow-oom
-- KEYS 1 session  hash        the record: fence, owner, seq, checkpoint
-- KEYS 2 log      stream      gets the messages
-- KEYS 3 audio    stream      is trimmed
-- KEYS 4 open     sorted set  an ended session leaves it
-- KEYS 5 expiry   sorted set  an ended session leaves it
-- KEYS 6 text     channel     the messages as they happen
-- ARGV 1 fence
-- ARGV 2 nodeId      the owner that commits
-- ARGV 3 sessionId
-- ARGV 4 afterSeq    where the log ends, as the owner knows it
-- ARGV 5 checkpoint
-- ARGV 6 releaseBeforeSample  audio entries that end before it are deleted
-- ARGV 7 ends        1 when the session is over, else 0
-- ARGV 8 keyTtlMs    while a client is connected
-- ARGV 9 retentionMs
-- ARGV 10 publish    PUBLISH or SPUBLISH
-- ARGV … seq
-- ARGV … json
-- Reply: COMMITTED; ALREADY when this very commit was made before and its reply was lost; FENCED when it is somebody else's;
-- ROLLED_BACK when the log ends before afterSeq. Then nothing is changed.
-- Error CONFLICT: the messages do not go on from the log; nothing is changed.
local session, log, audio, open, expiry, text = unpack(KEYS)
local fence, nodeId, sessionId, afterSeq, checkpoint, releaseBeforeSample, ends, keyTtlMs, retentionMs, publish = unpack(ARGV, 1, 10)
local FIRST = 11

-- after a failover that lost a claim two owners may have been given the same fence: the owner's name tells them apart
local newest, owner, state, lastSeq = unpack(redis.call('HMGET', session, 'fence', 'owner', 'state', 'seq'), 1, 4)
if newest ~= fence or owner ~= nodeId then
  return 'FENCED'
end

-- every check stands before the first write: an error in the middle of a script does not undo what came before it
lastSeq, afterSeq = tonumber(lastSeq), tonumber(afterSeq)
if afterSeq > lastSeq then
  return 'ROLLED_BACK'
end
local isRepeat = afterSeq < lastSeq
for i = FIRST, #ARGV, 2 do
  local seq, json = tonumber(ARGV[i]), ARGV[i + 1]
  if seq ~= afterSeq + 1 + (i - FIRST) / 2 then
    return redis.error_reply('CONFLICT seq ' .. seq .. ' does not go on from ' .. afterSeq)
  end
  if isRepeat then
    local entry = redis.call('XRANGE', log, seq .. '-0', seq .. '-0')[1]
    if not entry or entry[2][2] ~= json then
      return redis.error_reply('CONFLICT seq ' .. seq .. ' is not in the log with this content')
    end
  end
end
if isRepeat then
  return #ARGV >= FIRST and 'ALREADY' or redis.error_reply('CONFLICT a checkpoint older than the log')
end
if state == 'ended' then
  return 'FENCED'
end

for i = FIRST, #ARGV, 2 do
  redis.call('XADD', log, ARGV[i] .. '-0', 'm', ARGV[i + 1])
  lastSeq = ARGV[i]
end
redis.call('HSET', session, 'checkpoint', checkpoint, 'seq', lastSeq, 'failedOwners', 0)

if ends == '1' then
  local last = redis.call('XREVRANGE', audio, '+', '-', 'COUNT', 1)[1]
  if last then
    redis.call('HSET', session, 'endSample', string.match(last[1], '^%d+'), 'endClientBytes', last[2][4])
  end
  redis.call('HSET', session, 'state', 'ended')
  redis.call('ZREM', open, sessionId)
  redis.call('ZREM', expiry, sessionId)
  redis.call('UNLINK', audio)
  redis.call('PEXPIRE', session, retentionMs)
else
  -- audio that a failover took back may have been heard all the same; the last entry stays, a resume reads the position there
  if #redis.call('XRANGE', audio, releaseBeforeSample .. '-0', '+', 'COUNT', 1) > 0 then
    redis.call('XTRIM', audio, 'MINID', releaseBeforeSample .. '-0')
  end
  if state == 'live' then
    redis.call('PEXPIRE', session, keyTtlMs)
    redis.call('PEXPIRE', audio, keyTtlMs)
  end
end
redis.call('PEXPIRE', log, redis.call('PTTL', session))

for i = FIRST, #ARGV, 2 do
  redis.call(publish, text, 'D ' .. ARGV[i] .. ' ' .. ARGV[i + 1])
end
return 'COMMITTED'
