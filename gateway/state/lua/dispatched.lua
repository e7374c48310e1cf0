-- Note that a reserved request may have been sent from now on. KEYS: request. ARGV: owner, fingerprint.
local found = redis.call('HMGET', KEYS[1], 'state', 'owner', 'fingerprint')
if found[1] ~= '1' or found[2] ~= ARGV[1] or found[3] ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], 'state', '2')
return 1
