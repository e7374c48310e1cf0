-- Say that a process is alive, and prove that the server takes writes. KEYS: owners. ARGV: owner, lease in ms.
local time = redis.call('TIME')
local now_ms = math.floor(time[1] * 1000 + time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now_ms + ARGV[2]))
local owners = redis.call('HGETALL', KEYS[1])
for i = 1, #owners, 2 do
  -- Long gone, so that a late look at one of its requests still finds it dead.
  if tonumber(owners[i + 1]) + 60000 < now_ms then
    redis.call('HDEL', KEYS[1], owners[i])
  end
end
return 1
