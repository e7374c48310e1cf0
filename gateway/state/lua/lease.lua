-- One rate for all replicas: lease the next few permits. KEYS: rate.
-- ARGV: one text of words, as packing and reading many costs the asking process more than all else here:
--   replica, full rate per s, burst, most permits at once, horizon in us, how long a wish counts in us,
--   wishes by priority (3), permits given back, their busy period,
--   pause in us or 0, factor of the cut, floor of the rate, recovery in permits per s each s.
-- Gives as one text too: permits, us until the first is due (negative: it has been for so long), us between two, busy
--   period, us until it is worth asking again, rate now, us that the pause still lasts, replicas that want permits now.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local words = {}
for word in string.gmatch(ARGV[1], '%S+') do
  words[#words + 1] = word
end
local me = words[1]
local full, burst, most = tonumber(words[2]), tonumber(words[3]), tonumber(words[4])
local horizon, lifetime = tonumber(words[5]), tonumber(words[6])
local wishes = { tonumber(words[7]), tonumber(words[8]), tonumber(words[9]) }
local recovery = tonumber(words[15])
local GUARANTEED_EVERY = 40

local cell, others, last = {}, {}, 0
local found = redis.call('HGETALL', KEYS[1])
for i = 1, #found, 2 do
  local replica = string.match(found[i], '^r:(.*)$')
  if replica then
    local u, n, b, served, seen = string.match(found[i + 1], '^(%S+) (%S+) (%S+) (%S+) (%S+)$')
    local entry = { wishes = { tonumber(u), tonumber(n), tonumber(b) }, served = tonumber(served), seen = tonumber(seen) }
    last = math.max(last, entry.seen)
    if replica == me then
      cell.mine = entry
    elseif now - entry.seen > lifetime then
      -- Dead, or idle for long enough to have forgotten what it was served.
      redis.call('HDEL', KEYS[1], found[i])
    else
      others[#others + 1] = entry
    end
  else
    cell[found[i]] = tonumber(found[i + 1])
  end
end
local paid = cell.paid or 0
local paused, whole = cell.paused or 0, cell.whole or 0
local busy = cell.busy or 0
local passed = { 0, cell.passed2 or 0, cell.passed3 or 0 }
if last - now > lifetime then
  -- The clock was set back, or the server that took over has another: what is to come is as far off as it was when
  -- somebody asked last. A smaller step is over sooner than it matters. Who lives asks again, by this clock.
  local back = last - now
  paid, paused, whole = paid - back, paused - back, whole - back
  others = {}
  redis.call('DEL', KEYS[1])
end

local function rate_at(at)
  if at >= whole then
    return full
  end
  return math.max(full - (whole - math.max(at, paused)) / 1000000 * recovery, full / 1000)
end

local tolerance = (burst - 1) / full * 1000000
-- What came back unused is there for others, unless waiting has brought it back already.
if tonumber(words[10]) > 0 and tonumber(words[11]) == busy then
  paid = paid - words[10] * 1000000 / rate_at(now)
end
local pause = tonumber(words[12])
if pause > 0 then
  -- Calls in flight are refused together: while a pause lasts a further refusal can only extend it.
  local lag = nil
  if now >= paused then
    lag = (full - math.max(rate_at(now) * words[13], full * words[14])) / recovery * 1000000
  elseif now + pause > paused then
    lag = whole - paused
  end
  if lag then
    paused = now + pause
    whole = paused + lag
    paid = math.max(paid, paused + tolerance)
    busy = busy + 1
  end
end

-- Who wants what: the most urgent wish of mine, and of anybody else.
local mine, theirs, contenders, least, least_of_all = nil, nil, 0, nil, nil
for priority = 3, 1, -1 do
  if wishes[priority] > 0 then
    mine = priority
  end
end
for _, other in ipairs(others) do
  local wanted = nil
  for priority = 3, 1, -1 do
    if other.wishes[priority] > 0 then
      wanted = priority
    end
  end
  if wanted then
    contenders = contenders + 1
    theirs = math.min(theirs or wanted, wanted)
    least_of_all = math.min(least_of_all or other.served, other.served)
    if not mine or wanted <= mine then
      least = math.min(least or other.served, other.served)
    end
  end
end

local interval = 1000000 / rate_at(math.max(now, paused))
if paid < now then
  paid = now
  busy = busy + 1
end
local due = paid - tolerance
local idle = due < now - math.min(tolerance / 2, 50000)
-- Whoever had all that it wanted, or is new, begins where the least served of the others stands.
local my_served = least_of_all or 0
if cell.mine and now - cell.mine.seen <= lifetime then
  local had = cell.mine.wishes
  if had[1] + had[2] + had[3] > 0 then
    my_served = cell.mine.served
  end
end

local wanted = 0
if mine then
  for priority = 1, 3 do
    -- While others have something more urgent, only what is as urgent counts.
    if idle or not theirs or priority <= theirs then
      wanted = wanted + wishes[priority]
    end
  end
  if wanted == 0 and passed[mine] >= GUARANTEED_EVERY - 1 then
    wanted = 1
  end
  if not idle and least and my_served - least >= most then
    wanted = 0
  end
end
local room = math.floor((now + horizon - due) / interval) + 1
local granted = math.max(0, math.min(wanted, most, room))
if granted > 0 then
  paid = paid + granted * interval
  my_served = my_served + granted
  local left = granted
  for priority = 1, 3 do
    local given = math.min(left, wishes[priority])
    wishes[priority], left = wishes[priority] - given, left - given
  end
  for priority = 2, 3 do
    if priority > mine then
      local waits = wishes[priority] > 0
      for _, other in ipairs(others) do
        waits = waits or other.wishes[priority] > 0
      end
      passed[priority] = waits and passed[priority] + granted or 0
    end
  end
  passed[mine] = 0
end

local function text(number)
  return string.format('%.0f', number)
end
redis.call('HSET', KEYS[1], 'paid', string.format('%.3f', paid), 'paused', text(paused), 'whole', text(whole),
  'busy', text(busy), 'passed2', text(passed[2]), 'passed3', text(passed[3]),
  'r:' .. me, table.concat({ wishes[1], wishes[2], wishes[3], text(my_served), text(now) }, ' '))
redis.call('PEXPIRE', KEYS[1], 600000)
local again = granted < wanted and math.max(due - horizon - now, 0) or 0
if mine and granted == 0 then
  again = math.max(again, most * interval / 2)
end
return table.concat({ granted, text(due - now), string.format('%.3f', interval), text(busy), text(again),
  string.format('%.6f', rate_at(now)), text(math.max(paused - now, 0)), contenders }, ' ')
