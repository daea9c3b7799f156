-- keep-alive: a gateway's sign of life for its sessions of one shard. Detached and ended ones keep the end they have.
--
-- FLAGS allow-oom
-- KEYS … session  hash    the record
-- KEYS … audio    stream  lives on with it
-- KEYS … log      stream  lives on with it
-- ARGV 1 liveTtlMs
-- Reply: number of sessions that live on.
local liveTtlMs = unpack(ARGV)

local kept = 0
for i = 1, #KEYS, 3 do
  if redis.call('HGET', KEYS[i], 'state') == 'live' then
    kept = kept + 1
    for j = i, i + 2 do
      redis.call('PEXPIRE', KEYS[j], liveTtlMs)
    end
  end
end
return kept
