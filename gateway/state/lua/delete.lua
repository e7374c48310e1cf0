-- Delete a subscription. KEYS: log, subscriptions, fences. ARGV: version, name.
local log = redis.call('HMGET', KEYS[1], 'version', 'first_fence')
if log[1] ~= ARGV[1] then
  return { log[1] and 'newer' or 'gone' }
end
local found = redis.call('HGET', KEYS[2], ARGV[2])
if not found then
  return { 'unknown' }
end
-- Above the time too, as in `acquire`.
local time = redis.call('TIME')
local fence = math.max(string.match(found, '^%d+ %d+ (%d+)') + 1, tonumber(log[2] or 0), time[1] * 1000000 + time[2])
fence = string.format('%.0f', fence)
local fence_id = redis.call('XADD', KEYS[3], 'MAXLEN', '~', 1000, '*', 's', ARGV[2], 'f', fence)
-- One that is created later, under whatever name, counts on from here: no former holder can take it for its own.
redis.call('HSET', KEYS[1], 'first_fence', fence, 'fence_id', fence_id)
redis.call('HDEL', KEYS[2], ARGV[2])
return { 'deleted', fence }
