-- heal: takes sessions of one shard that have no record any more out of its sets. A record that is gone never comes back.
--
-- FLAGS allow-oom
-- KEYS 1 open     sorted set  members to look at
-- KEYS 2 expiry   sorted set  members to look at
-- KEYS … session  hash        the record
-- ARGV … sessionId
-- Reply: number of sessions that were taken out.
local open, expiry = unpack(KEYS, 1, 2)

local healed = 0
for i = 3, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 0 then
    local left = redis.call('ZREM', open, ARGV[i - 2]) + redis.call('ZREM', expiry, ARGV[i - 2])
    healed = healed + math.min(1, left)
  end
end
return healed
