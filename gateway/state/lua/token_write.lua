-- Share a token and let go of the claim. KEYS: token, claim. ARGV: owner, sealed token, life in ms.
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('DEL', KEYS[2])
end
return 1
