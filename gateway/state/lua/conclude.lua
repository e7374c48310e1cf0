-- Note how a dispatched request ended, unless a webhook knows better. KEYS: request.
-- ARGV: turn, fingerprint, state, now in us, lifetime in ms, then the answer where there is one.
-- What comes late, when the id has been reserved anew, changes nothing; what the server has lost is written again.
local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'state', 'expires_us', 'answer', 'message_id', 'turn')
if found[2] and found[6] ~= ARGV[1] then
  return { 'concluded' }
end
if found[2] == '3' and ARGV[3] ~= '3' then
  return { 'stands', found[1], found[2], found[3], found[4], found[5] }
end
redis.call('HSET', KEYS[1], 'turn', ARGV[1], 'fingerprint', ARGV[2], 'state', ARGV[3])
redis.call('HDEL', KEYS[1], 'message_id', 'owner')
if ARGV[6] then
  redis.call('HSET', KEYS[1], 'answer', ARGV[6])
end
if not found[2] then
  redis.call('HSET', KEYS[1], 'expires_us', string.format('%.0f', ARGV[4] + ARGV[5] * 1000))
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
return { 'concluded' }
