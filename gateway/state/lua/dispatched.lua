-- Note that a reserved request may have been sent from now on. KEYS: request. ARGV: turn.
local found = redis.call('HMGET', KEYS[1], 'state', 'turn')
if found[1] ~= '1' or found[2] ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'state', '2')
return 1
