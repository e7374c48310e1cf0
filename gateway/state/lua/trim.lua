#!lua flags=allow-oom
-- Remove the next few events beyond what is kept; a server that has no memory left runs this too.
-- KEYS: log, events, subscriptions.
-- ARGV: version, now in us, most events, then age in us, bytes and count for what is kept and for what may be held.
local log = redis.call('HMGET', KEYS[1], 'version', 'position', 'end_bytes', 'trimmed_through')
if log[1] ~= ARGV[1] then
  return { log[1] and 'newer' or 'gone' }
end
local newest, newest_bytes, through = tonumber(log[2]), tonumber(log[3]), tonumber(log[4])
local subscriptions = redis.call('HGETALL', KEYS[3])
local needed = newest
for i = 2, #subscriptions, 2 do
  needed = math.min(needed, tonumber(string.match(subscriptions[i], '^%d+')))
end

local function facts(position)
  local id = string.format('%.0f-0', position)
  local row = redis.call('XRANGE', KEYS[2], id, id)[1]
  if row then
    local _, stored_us, end_bytes, _, _, mark = string.match(row[2][2], '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
    return { position = position, stored_us = stored_us, end_bytes = end_bytes, mark = mark }
  end
end

local function is_beyond(event, first)
  return newest - event.position >= tonumber(ARGV[first + 2])
    or newest_bytes - event.end_bytes >= tonumber(ARGV[first + 1])
    or ARGV[2] - event.stored_us > tonumber(ARGV[first])
end

local low, high, last = through + 1, math.min(through + ARGV[3], newest), nil
while low <= high do
  local middle = math.floor((low + high) / 2)
  local event = facts(middle)
  -- What is missing goes with the next event that is not.
  if not event or (is_beyond(event, 4) and (event.position <= needed or is_beyond(event, 7))) then
    last = event or last
    low = middle + 1
  else
    high = middle - 1
  end
end
if not last then
  return { 'trimmed', 0, {} }
end
local position = string.format('%.0f', last.position)
redis.call('HSET', KEYS[1], 'trimmed_through', position, 'trimmed_mark', last.mark, 'trimmed_us', last.stored_us,
  'trimmed_bytes', last.end_bytes)
redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f-0', last.position + 1))
local lost = {}
for i = 1, #subscriptions, 2 do
  local at = tonumber(string.match(subscriptions[i + 1], '^%d+'))
  if at >= through and at < last.position then
    lost[#lost + 1] = { subscriptions[i], subscriptions[i + 1] }
  end
end
return { 'trimmed', last.position - through, lost }
