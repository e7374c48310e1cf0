-- Hand a subscription to a new consumer. KEYS: log, subscriptions, fences, events.
-- ARGV: version, name, new, now in us, most of a project.
local log = redis.call('HMGET', KEYS[1], 'version', 'position', 'mark', 'trimmed_through', 'trimmed_mark', 'first_fence')
if log[1] ~= ARGV[1] then
  return { log[1] and 'newer' or 'gone' }
end
local found = redis.call('HGET', KEYS[2], ARGV[2])
if not found then
  if ARGV[3] == 'fail' then
    return { 'unknown' }
  end
  local project, count = string.match(ARGV[2], '^.*:'), 0
  for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
    count = count + (string.match(field, '^.*:') == project and 1 or 0)
  end
  if count >= tonumber(ARGV[5]) then
    return { 'full' }
  end
  local newest = ARGV[3] == 'latest'
  found = table.concat({ newest and log[2] or log[4], newest and log[3] or log[5], log[6] or '0', ARGV[4] }, ' ')
end
local position, mark, fence, committed_us = string.match(found, '^(%d+) (%d+) (%d+) (%d+)$')
local event = redis.call('XRANGE', KEYS[4], position .. '-0', position .. '-0')[1]
local there = event and string.match(event[2][2], '%d+$') or position == log[4] and log[5] or '0'
local is_other = mark ~= '0' and there ~= '0' and mark ~= there
local is_anew = is_other or tonumber(position) > tonumber(log[2])
if is_anew then
  -- It got there in a past that this log has not had, and nobody knows where the two parted: it begins anew before the
  -- first event there ever was, so that whatever is kept is delivered, and whatever is not is a gap.
  position, mark = '0', '0'
end
-- Above the time too: where a failover has lost the last take-over, its number is not given again.
local time = redis.call('TIME')
fence = string.format('%.0f', math.max(fence + 1, time[1] * 1000000 + time[2]))
local held = table.concat({ position, mark, fence, committed_us }, ' ')
redis.call('HSET', KEYS[2], ARGV[2], held)
-- Every replica reads this beside the events: the former holder stops before anything that is appended after it, and
-- whoever appends that is told behind which fence it comes.
local fence_id = redis.call('XADD', KEYS[3], 'MAXLEN', '~', 1000, '*', 's', ARGV[2], 'f', fence)
redis.call('HSET', KEYS[1], 'fence_id', fence_id)
return { is_anew and 'anew' or 'held', held }
