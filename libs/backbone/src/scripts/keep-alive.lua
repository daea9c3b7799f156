-- keep-alive: a gateway's sign of life for its sessions of one shard. Detached, expiring and ended ones keep the end they have.
--
-- FLAGS allow-oom
-- KEYS 1 expiry   sorted set  the reaper keeps away for so long
-- KEYS … session  hash        the record
-- KEYS … audio    stream      lives on with it
-- KEYS … log      stream      lives on with it
-- ARGV 1 liveTtlMs
-- ARGV 2 slackMs    keys live on so much longer, so that the reaper finds them
-- ARGV … sessionId
-- Reply: ids of the sessions whose record is gone.
local expiry = unpack(KEYS, 1, 1)
local liveTtlMs, slackMs = unpack(ARGV, 1, 2)

local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local gone = {}
for i = 2, #KEYS, 3 do
  local sessionId = ARGV[2 + (i + 1) / 3]
  local state = redis.call('HGET', KEYS[i], 'state')
  if not state then
    gone[#gone + 1] = sessionId
  elseif state == 'live' then
    redis.call('ZADD', expiry, nowMs + liveTtlMs, sessionId)
    for j = i, i + 2 do
      redis.call('PEXPIRE', KEYS[j], liveTtlMs + slackMs)
    end
  end
end
return gone
