-- Find the log, or begin one. KEYS: log, events. ARGV: version, new epoch.
-- A header that does not fit the newest event belongs to another past: everything before it is given up, loudly.
local function last_position()
  local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
  return newest[1] and tonumber(string.match(newest[1][1], '^%d+')) or 0
end

local log = redis.call('HMGET', KEYS[1], 'version', 'position', 'trimmed_through', 'mark')
if log[1] and tonumber(log[1]) > tonumber(ARGV[1]) then
  return { 'newer', log[1] }
end
local last = last_position()
local position = tonumber(log[2] or 0)
local fits = log[1] and (last == position or (last == 0 and position == tonumber(log[3])))
if not fits then
  local at = string.format('%.0f', math.max(last, position))
  redis.call('HSET', KEYS[1], 'version', ARGV[1], 'epoch', ARGV[2], 'position', at, 'stored_us', '0', 'end_bytes', '0',
    'mark', '0', 'trimmed_through', at, 'trimmed_mark', '0', 'trimmed_us', '0', 'trimmed_bytes', '0')
  return { log[1] and 'replaced' or 'created' }
end
return { 'found' }
