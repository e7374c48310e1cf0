-- Give a log that lost its tail another epoch, once. KEYS: log. ARGV: the epoch it had, the new one.
if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2])
  return 1
end
return 0
