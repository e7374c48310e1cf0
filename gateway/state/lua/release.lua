-- Forget a request of which nothing was sent, unless a webhook knows better. KEYS: request. ARGV: turn.
-- What comes late, when the id has been reserved anew, changes nothing.
local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'state', 'expires_us', 'answer', 'message_id', 'turn')
if found[6] ~= ARGV[1] then
  return { 'released' }
end
if found[2] == '3' then
  return { 'stands', found[1], found[2], found[3], found[4], found[5] }
end
redis.call('DEL', KEYS[1])
return { 'released' }
