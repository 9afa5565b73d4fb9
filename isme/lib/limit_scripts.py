"""The Lua of isme.lib.limits. Time comes from the caller: KEYS are the rules', then the list."""

# ARGV: now, token, rules, subject, ticket. Returns {wait, crowded, added}.
ATTEMPT = """
local now, token, rules = tonumber(ARGV[1]), ARGV[2], cjson.decode(ARGV[3])
local subject, ticket = ARGV[4], ARGV[5]
local held = KEYS[#KEYS]
local wait, crowded, door = 0, 0, nil

local function surge_count(key, r)
  local slot = math.floor(now / r.seconds)
  local last = tonumber(redis.call('HGET', key, 'slot') or slot)
  local count = tonumber(redis.call('HGET', key, 'count') or 0)
  local base = tonumber(redis.call('HGET', key, 'base') or 0)
  if slot > last then
    local most = r.times * math.max(base, r.floor)
    base = (base * 0.9 + math.min(count, most) * 0.1) * 0.9 ^ (slot - last - 1)
    count = 0
  end
  redis.call('HSET', key, 'slot', slot, 'count', count, 'base', base)
  redis.call('EXPIRE', key, 604800)
  return count, r.times * math.max(base, r.floor)
end

for i, r in ipairs(rules) do
  local key = KEYS[i]
  local left = 0
  if r.kind == 'window' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - r.seconds)
    if redis.call('ZCARD', key) >= r.limit then
      local oldest = redis.call('ZRANGE', key, -r.limit, -r.limit, 'WITHSCORES')
      left = tonumber(oldest[2]) + r.seconds - now
    end
  elseif r.kind == 'backoff' then
    left = tonumber(redis.call('HGET', key, 'until') or 0) - now
  elseif r.kind == 'spread' then
    door = {key = key, rule = r}
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - r.seconds)
    redis.call('ZREMRANGEBYSCORE', key .. ':ok', '-inf', now - 86400)
    local ok = redis.call('ZCOUNT', key .. ':ok', now - r.seconds, '+inf')
    if redis.call('ZCARD', key) >= r.free + math.floor(ok / r.per) then crowded = 1 end
  else
    local count, most = surge_count(key, r)
    if count >= most then crowded = 1 end
  end
  if left > wait then wait = left end
end

if wait > 0 then
  redis.call('ZREMRANGEBYSCORE', held, '-inf', now)
  redis.call('ZADD', held, now + wait, subject)
  return {math.ceil(wait), 0, 0}
end

if crowded == 1 then
  if ticket == '' or not door then return {0, 1, 0} end
  local used = door.key .. ':ticket:' .. ticket
  if redis.call('EXISTS', used) == 1 then return {0, 1, 0} end
  local every = door.rule.slow
  if door.rule.quick or redis.call('ZCARD', door.key .. ':ok') >= door.rule.trusted then
    every = 1
  end
  local left = tonumber(redis.call('GET', door.key .. ':redeemed') or 0) + every - now
  if left > 0 then return {math.ceil(left), 1, 0} end
  redis.call('SET', used, 1, 'EX', 3600)
  redis.call('SET', door.key .. ':redeemed', ARGV[1], 'EX', 120)
end

local added = 0
local index = 'limit:of:' .. subject
for i, r in ipairs(rules) do
  local key = KEYS[i]
  if r.kind == 'window' then
    redis.call('ZADD', key, ARGV[1], token)
    redis.call('EXPIRE', key, r.seconds)
    redis.call('SADD', index, key)
  elseif r.kind == 'backoff' then
    local n = redis.call('HINCRBY', key, 'n', 1)
    redis.call('HSET', key, 'was', redis.call('HGET', key, 'until') or 0)
    if n >= r.free then
      local pause = math.min(r.first * 2 ^ math.min(n - r.free, 30), r.most)
      redis.call('HSET', key, 'until', now + pause)
    end
    redis.call('EXPIRE', key, r.seconds)
    redis.call('SADD', index, key)
  elseif r.kind == 'spread' then
    added = redis.call('ZADD', key, ARGV[1], r.member)
    redis.call('EXPIRE', key, r.seconds)
  else
    redis.call('HINCRBY', key, 'count', 1)
  end
end
redis.call('EXPIRE', index, 86400)
return {0, 0, added}
"""

# ARGV: now, token, rules, outcome, added.
SETTLE = """
local token, rules = ARGV[2], cjson.decode(ARGV[3])
local succeeded, added = ARGV[4] == 'succeeded', ARGV[5] == '1'
for i, r in ipairs(rules) do
  local key = KEYS[i]
  if r.kind == 'window' then
    redis.call('ZREM', key, token)
  elseif r.kind == 'backoff' then
    if succeeded then
      redis.call('DEL', key)
    elseif redis.call('EXISTS', key) == 1 then
      redis.call('HINCRBY', key, 'n', -1)
      redis.call('HSET', key, 'until', redis.call('HGET', key, 'was') or 0)
    end
  elseif r.kind == 'spread' then
    if succeeded or added then redis.call('ZREM', key, r.member) end
    if succeeded then
      redis.call('ZADD', key .. ':ok', ARGV[1], r.member)
      redis.call('EXPIRE', key .. ':ok', 86400)
    end
  elseif redis.call('EXISTS', key) == 1 then
    redis.call('HINCRBY', key, 'count', -1)
  end
end
return 1
"""

# KEYS: the subject's keys, the list of who is held. ARGV: subject.
LIFT = """
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do redis.call('DEL', key) end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
"""
