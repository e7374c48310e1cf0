-- Move a subscription forward, and back only if that is said. KEYS: log, subscriptions, events.
-- ARGV: version, name, position, mark, fence or 0, now in us, epoch, 1 for back, most of a project.
local log = redis.call('HMGET', KEYS[1], 'version', 'epoch', 'trimmed_through', 'trimmed_mark', 'first_fence', 'position')
if log[1] ~= ARGV[1] then
  return { log[1] and 'newer' or 'gone' }
end
if log[2] ~= ARGV[7] then
  return { 'replaced' }
end
-- A log that has just lost its tail has the epoch that it had, until a reader notices.
local event = redis.call('XRANGE', KEYS[3], ARGV[3] .. '-0', ARGV[3] .. '-0')[1]
local is_other = event and ARGV[4] ~= '0' and string.match(event[2][2], '%d+$') ~= ARGV[4]
if is_other or tonumber(ARGV[3]) > tonumber(log[6]) then
  return { 'replaced' }
end
local found = redis.call('HGET', KEYS[2], ARGV[2])
local position, mark, fence, committed_us
if found then
  position, mark, fence, committed_us = string.match(found, '^(%d+) (%d+) (%d+) (%d+)$')
end
if ARGV[5] ~= '0' and fence ~= ARGV[5] then
  return { 'fenced' }
end
local back = ARGV[8] == '1'
if found and not back and tonumber(ARGV[3]) <= tonumber(position) then
  return { 'held', found }
end
if not found then
  local project, count = string.match(ARGV[2], '^.*:'), 0
  for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
    count = count + (string.match(field, '^.*:') == project and 1 or 0)
  end
  if count >= tonumber(ARGV[9]) then
    return { 'full' }
  end
  position, mark, fence = log[3], log[4], log[5] or '0'
end
if back or tonumber(ARGV[3]) > tonumber(position) then
  position, mark = ARGV[3], ARGV[4]
end
local moved = table.concat({ position, mark, fence, ARGV[6] }, ' ')
redis.call('HSET', KEYS[2], ARGV[2], moved)
return { 'held', moved }
