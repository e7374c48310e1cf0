-- Take a request id. KEYS: request, owners.
-- ARGV: owner, turn, fingerprint, now in us, lifetime in ms. The turn names this one reservation.
-- Gives nothing when it was taken, else how it stands; `held` when its owner is alive and at it.
local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'state', 'expires_us', 'answer', 'message_id', 'owner')
if found[2] and tonumber(found[3]) > tonumber(ARGV[4]) then
  local held = false
  if tonumber(found[2]) <= 2 and found[6] ~= ARGV[1] then
    local time = redis.call('TIME')
    local lease_ms = tonumber(redis.call('HGET', KEYS[2], found[6]) or 0)
    held = lease_ms > time[1] * 1000 + time[2] / 1000
  end
  if held or tonumber(found[2]) > 1 then
    return { held and 'held' or 'stands', found[1], found[2], found[3], found[4], found[5] }
  end
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[3], 'state', '1', 'owner', ARGV[1], 'turn', ARGV[2],
  'expires_us', string.format('%.0f', ARGV[4] + ARGV[5] * 1000))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return { 'taken' }
