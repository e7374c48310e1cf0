-- Note how a dispatched request ended, unless a webhook knows better. KEYS: request.
-- ARGV: fingerprint, state, now in us, lifetime in ms, then the answer where there is one.
local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'state', 'expires_us', 'answer', 'message_id')
if found[2] == '3' and ARGV[2] ~= '3' then
  return { 'stands', found[1], found[2], found[3], found[4], found[5] }
end
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'state', ARGV[2])
redis.call('HDEL', KEYS[1], 'message_id', 'owner')
if ARGV[5] then
  redis.call('HSET', KEYS[1], 'answer', ARGV[5])
end
if not found[2] then
  redis.call('HSET', KEYS[1], 'expires_us', string.format('%.0f', ARGV[3] + ARGV[4] * 1000))
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return { 'concluded' }
