-- Forget a request of which nothing was sent, unless a webhook knows better or it is another's. KEYS: request.
-- ARGV: owner.
local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'state', 'expires_us', 'answer', 'message_id', 'owner')
if found[2] == '3' then
  return { 'stands', found[1], found[2], found[3], found[4], found[5] }
end
if found[6] == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return { 'released' }
