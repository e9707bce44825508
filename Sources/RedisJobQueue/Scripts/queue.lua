-- One partition of the queue. Every call is one step: Redis runs it without anything in between.
--
-- KEYS, all with the partition's hash tag. A company is its id (36 characters); a job is company .. subject.
local meta = KEYS[1]      -- hash    mode, ticket, now (virtual time), spent:<class>, spent, total:<what>
local jobs = KEYS[2]      -- hash    job -> "class failures ticket state again arrived"
local delayed = KEYS[3]   -- zset    job, by the time from which it may be pending again
local leases = KEYS[4]    -- zset    company, by the time its lease expires
local held = KEYS[5]      -- hash    company -> lease as JSON; numbers are texts there, since cjson writes 14 digits only
local dead = KEYS[6]      -- zset    job, by the time it died
local epitaphs = KEYS[7]  -- hash    job -> "class failures reason"
local finish = KEYS[8]    -- zset    company, by the virtual time at which its share is used up; only those after the present one
local counts = KEYS[9]    -- hash    company -> jobs held
local weights = KEYS[10]  -- hash    company -> weight, where it is not 1
local lines = {KEYS[11], KEYS[12], KEYS[13], KEYS[14]}  -- zset  company .. ticket .. subject, all with score 0, so ordered by their bytes
local turns = {KEYS[15], KEYS[16], KEYS[17], KEYS[18]}  -- zset  company with pending jobs and no lease, by its tag
-- Classes are 1 (most urgent) to 4. States: p pending, d delayed, l leased. Times are whole microseconds.
-- ARGV: operation, time ('' for the server's), policy (JSON), channel to ring when work has come, then what the operation wants.

local STRIDES = {3, 6, 8, 24}  -- shares of 8, 4, 3 and 1: what one lease costs its class
local ROUTINE = 4
local COMPANY = 36   -- length of a company's id
local TICKET = 16    -- digits of a ticket
local BATCH = 200    -- most leases or rests that one call ends
local policy = cjson.decode(ARGV[3])
local channel = ARGV[4]
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

local function whole(number) return string.format('%.0f', number) end
local function field(name) return tonumber(redis.call('HGET', meta, name) or '0') end
local function total(name, number) redis.call('HINCRBY', meta, 'total:' .. name, number or 1) end
local function company_of(job) return string.sub(job, 1, COMPANY) end
local function subject_of(job) return string.sub(job, COMPANY + 1) end

-- Grows for ever. Starts from the time, so that tickets given before a flush are not given again.
local function new_ticket()
  local ticket = math.max(field('ticket') + 1, now)
  redis.call('HSET', meta, 'ticket', whole(ticket))
  return ticket
end

local function load(job)
  local text = redis.call('HGET', jobs, job)
  if not text then return nil end
  local class, failures, ticket, state, again, arrived = string.match(text, '^(%d+) (%d+) (%d+) (%a) (%d+) (%d+)$')
  return {class = tonumber(class), failures = tonumber(failures), ticket = tonumber(ticket), state = state,
    again = tonumber(again), arrived = tonumber(arrived)}
end

local function save(job, record)
  redis.call('HSET', jobs, job, table.concat({record.class, record.failures, whole(record.ticket), record.state,
    record.again, whole(record.arrived)}, ' '))
end

local function place(job, record)
  return company_of(job) .. string.format('%0' .. TICKET .. '.0f', record.ticket) .. subject_of(job)
end

-- The first jobs in a company's line.
local function front(company, class, count)
  return redis.call('ZRANGEBYLEX', lines[class], '[' .. company, '(' .. company .. ':', 'LIMIT', 0, count)
end

-- The company takes its place among those whose turn comes.
local function join(company, class)
  if redis.call('HEXISTS', held, company) == 1 then return end
  local tag = math.max(field('now'), tonumber(redis.call('ZSCORE', finish, company) or '0'))
  if redis.call('ZADD', turns[class], 'NX', whole(tag), company) == 1 then redis.call('PUBLISH', channel, '') end
end

local function append(job, record)
  record.state = 'p'
  record.ticket = new_ticket()
  save(job, record)
  redis.call('ZADD', lines[record.class], 0, place(job, record))
  join(company_of(job), record.class)
end

local function withdraw(job, record)
  redis.call('ZREM', lines[record.class], place(job, record))
  local company = company_of(job)
  if #front(company, record.class, 1) == 0 then redis.call('ZREM', turns[record.class], company) end
end

local function begin(job, class)
  redis.call('HINCRBY', counts, company_of(job), 1)
  append(job, {class = class, failures = 0, again = 0, arrived = now})
end

local function forget(job)
  redis.call('HDEL', jobs, job)
  if redis.call('HINCRBY', counts, company_of(job), -1) <= 0 then redis.call('HDEL', counts, company_of(job)) end
end

local function bury(job)
  redis.call('ZREM', dead, job)
  redis.call('HDEL', epitaphs, job)
end

local function more_urgent(class, again)
  if again > 0 and again < class then return again end
  return class
end

-- From leased to pending, or to delayed until it is due.
local function put_back(job, record, due)
  record.class = more_urgent(record.class, record.again)
  record.again = 0
  if due <= now then return append(job, record) end
  record.state = 'd'
  save(job, record)
  redis.call('ZADD', delayed, whole(due), job)
end

local function fail(job, record, reason, rests)
  record.failures = record.failures + 1
  if record.failures >= policy.maximumFailures and subject_of(job) ~= '' then
    if record.again == 0 then
      total('died')
      forget(job)
      redis.call('ZADD', dead, whole(now), job)
      redis.call('HSET', epitaphs, job, record.class .. ' ' .. record.failures .. ' ' .. reason)
      local excess = redis.call('ZCARD', dead) - policy.deadLimit
      if excess > 0 then
        for _, oldest in ipairs(redis.call('ZRANGE', dead, 0, excess - 1)) do bury(oldest) end
      end
      return
    end
    record.failures = 0  -- what arrived meanwhile may be another matter
  end
  local due = now
  if rests then
    due = now + math.min(policy.maximumRetryDelay, policy.retryDelay * 2 ^ math.max(record.failures - 1, 0))
  end
  put_back(job, record, due)
end

local function standing(company, id)
  local text = redis.call('HGET', held, company)
  local lease = text and cjson.decode(text)
  return lease and (not id or lease.id == id) and lease or nil
end

-- Ends a lease and settles each of its jobs.
local function finish_lease(company, lease, settle)
  redis.call('HDEL', held, company)
  redis.call('ZREM', leases, company)
  local weight = tonumber(redis.call('HGET', weights, company) or '1')
  redis.call('ZADD', finish, whole(tonumber(lease.tag) + math.max(now - tonumber(lease.began), 1000) / weight), company)
  for _, subject in ipairs(lease.subjects) do
    local job = company .. subject
    local record = load(job)
    if record then settle(job, record, subject) end
  end
  for class = 1, #lines do
    if #front(company, class, 1) > 0 then join(company, class) end
  end
  -- Nobody waits and nobody is served: all start level again, and what their shares were is forgotten.
  if redis.call('EXISTS', leases, unpack(turns)) == 0 then
    local last = redis.call('ZREVRANGE', finish, 0, 0, 'WITHSCORES')[2]
    if last then redis.call('HSET', meta, 'now', whole(math.max(field('now'), tonumber(last)))) end
    redis.call('DEL', finish)
  end
end

-- Ends what has expired, wakes what has rested, forgets what is too old.
local function pass_time()
  for _, company in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', whole(now), 'LIMIT', 0, BATCH)) do
    local lease = standing(company)
    redis.call('ZREM', leases, company)
    if lease then
      finish_lease(company, lease, function(job, record)
        total('expired')
        fail(job, record, 'the lease expired', false)
      end)
    end
  end
  for _, job in ipairs(redis.call('ZRANGEBYSCORE', delayed, '-inf', whole(now), 'LIMIT', 0, BATCH)) do
    redis.call('ZREM', delayed, job)
    local record = load(job)
    if record then append(job, record) end
  end
  for _, job in ipairs(redis.call('ZRANGEBYSCORE', dead, '-inf', '(' .. whole(now - policy.deadAge), 'LIMIT', 0, BATCH)) do
    bury(job)
  end
  redis.call('ZREMRANGEBYSCORE', finish, '-inf', whole(field('now')))
end

-- Microseconds until something happens by itself; -1 when nothing will.
local function rest()
  local next = -1
  for _, key in ipairs({leases, delayed}) do
    local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    if first[2] and (next < 0 or tonumber(first[2]) - now < next) then next = math.max(tonumber(first[2]) - now, 0) end
  end
  return whole(next)
end

-- Stride scheduling among the classes with work: the one that has spent least, and the more urgent of equals.
local function next_class()
  local best, least
  local floor = field('spent')
  for class = 1, #turns do
    if redis.call('EXISTS', turns[class]) == 1 then
      local spent = math.max(field('spent:' .. class), floor)
      if not best or spent < least then best, least = class, spent end
    end
  end
  if best then
    redis.call('HSET', meta, 'spent', whole(least), 'spent:' .. best, whole(least + STRIDES[best]))
  end
  return best
end

-- Jobs from the front of a line: several that never failed, or one that did.
local function take(company, class, count)
  local taken = {}
  for _, member in ipairs(front(company, class, count)) do
    local job = company .. string.sub(member, COMPANY + TICKET + 1)
    local record = load(job)
    if record and record.failures > 0 and #taken > 0 then break end
    redis.call('ZREM', lines[class], member)
    if record then
      record.state = 'l'
      save(job, record)
      taken[#taken + 1] = {subject = subject_of(job), record = record}
      if record.failures > 0 then break end
    end
  end
  return taken
end

local function chosen(selection)
  if selection == '' then return redis.call('ZRANGE', dead, 0, -1) end
  if string.sub(selection, -1) == '!' then
    local job = string.sub(selection, 1, -2)
    return redis.call('ZSCORE', dead, job) and {job} or {}
  end
  local found = {}
  for _, job in ipairs(redis.call('ZRANGE', dead, 0, -1)) do
    if company_of(job) .. '*' == selection then found[#found + 1] = job end
  end
  return found
end

local operations = {}

-- company, subject, class -> outcome
function operations.enqueue(company, subject, class)
  class = tonumber(class)
  if redis.call('HGET', meta, 'mode') == 'draining' then return 'draining' end
  local job = company .. subject
  local record = load(job)
  if record then
    total('absorbed')
    if record.state == 'l' then
      record.again = more_urgent(class, record.again)
      save(job, record)
    elseif class < record.class then
      if record.state == 'p' then
        withdraw(job, record)
        record.class = class
        append(job, record)
      else
        record.class = class
        save(job, record)
      end
    end
    return 'absorbed'
  end
  local died = redis.call('ZSCORE', dead, job)
  if died and class == ROUTINE and now - tonumber(died) < policy.deadRest then
    total('absorbed')
    return 'absorbed'
  end
  local refusal
  if redis.call('HLEN', jobs) >= policy.limit then refusal = 'full' end
  if tonumber(redis.call('HGET', counts, company) or '0') >= policy.companyLimit then refusal = refusal or 'companyFull' end
  if refusal then
    total('refused')
    return refusal
  end
  if died then bury(job) end
  total('enqueued')
  begin(job, class)
  return 'enqueued'
end

-- count, duration -> microseconds to wait | lease id, company, class, failures, microseconds waited, subjects...
function operations.lease(count, duration)
  pass_time()
  local class = redis.call('HGET', meta, 'mode') ~= 'paused' and next_class()
  if not class then return {rest()} end
  local first = redis.call('ZRANGE', turns[class], 0, 0, 'WITHSCORES')
  local company, tag = first[1], tonumber(first[2])
  for _, turn in ipairs(turns) do redis.call('ZREM', turn, company) end
  local taken = take(company, class, tonumber(count))
  if #taken == 0 then return {'0'} end
  redis.call('HSET', meta, 'now', whole(math.max(field('now'), tag)))
  local id = whole(new_ticket())
  local subjects = {}
  for place, job in ipairs(taken) do subjects[place] = job.subject end
  redis.call('HSET', held, company, cjson.encode({id = id, tag = whole(tag), began = whole(now), subjects = subjects}))
  redis.call('ZADD', leases, whole(now + tonumber(duration)), company)
  total('leased', #taken)
  local head = taken[1].record
  return {id, company, class, head.failures, whole(now - head.arrived), unpack(subjects)}
end

-- company, lease, duration -> 1 when it stood
function operations.extend(company, id, duration)
  pass_time()
  if not standing(company, id) then return 0 end
  redis.call('ZADD', leases, whole(now + tonumber(duration)), company)
  return 1
end

-- company, lease, then subject and reason of each failure
function operations.finish(company, id, ...)
  pass_time()
  local lease = standing(company, id)
  if not lease then return 0 end
  local words, reasons = {...}, {}
  for place = 1, #words, 2 do reasons[words[place]] = words[place + 1] end
  finish_lease(company, lease, function(job, record, subject)
    if reasons[subject] then
      total('failed')
      fail(job, record, reasons[subject], true)
    else
      total('completed')
      forget(job)
      if record.again > 0 then begin(job, record.again) end
    end
  end)
  return 1
end

-- company, lease, rest
function operations.release(company, id, pause)
  pass_time()
  local lease = standing(company, id)
  if not lease then return 0 end
  finish_lease(company, lease, function(job, record)
    total('released')
    put_back(job, record, now + tonumber(pause))
  end)
  return 1
end

-- Whether the keys fit together. They do not when the server has thrown some of them away for want of memory.
local function fits()
  local standing_leases, leased, pending = redis.call('HVALS', held), 0, 0
  for _, text in ipairs(standing_leases) do leased = leased + #cjson.decode(text).subjects end
  for class = 1, #lines do
    local waiting = redis.call('ZCARD', lines[class])
    pending = pending + waiting
    if waiting > 0 and #standing_leases == 0 and redis.call('EXISTS', turns[class]) == 0 then return false end
  end
  return redis.call('ZCARD', leases) == #standing_leases
    and redis.call('HLEN', jobs) == pending + redis.call('ZCARD', delayed) + leased
    and redis.call('EXISTS', counts) == redis.call('EXISTS', jobs)
end

-- Also starts anew when the keys do not fit together: hints may be lost, a company that waits for ever may not.
function operations.tidy()
  pass_time()
  if not fits() then
    redis.call('DEL', jobs, delayed, leases, held, finish, counts)
    redis.call('DEL', unpack(lines))
    redis.call('DEL', unpack(turns))
  end
  return 1
end

function operations.mode(mode)
  redis.call('HSET', meta, 'mode', mode)
  redis.call('PUBLISH', channel, '')
  return 1
end

function operations.weight(company, weight)
  if weight == '1' then redis.call('HDEL', weights, company) else redis.call('HSET', weights, company, weight) end
  return 1
end

-- -> mode, delayed, leases, dead, pending by class, then names and numbers of totals
function operations.statistics()
  local found = {redis.call('HGET', meta, 'mode') or 'running', redis.call('ZCARD', delayed), redis.call('ZCARD', leases),
    redis.call('ZCARD', dead)}
  for _, line in ipairs(lines) do found[#found + 1] = redis.call('ZCARD', line) end
  local all = redis.call('HGETALL', meta)
  for place = 1, #all, 2 do
    if string.sub(all[place], 1, 6) == 'total:' then
      found[#found + 1] = string.sub(all[place], 7)
      found[#found + 1] = all[place + 1]
    end
  end
  return found
end

-- company or '', limit -> job, age and epitaph of each, newest first
function operations.dead(company, limit)
  local found = {}
  local all = redis.call('ZREVRANGE', dead, 0, company == '' and limit - 1 or -1, 'WITHSCORES')
  for place = 1, #all, 2 do
    if #found >= limit * 3 then break end
    if company == '' or company_of(all[place]) == company then
      found[#found + 1] = all[place]
      found[#found + 1] = whole(now - tonumber(all[place + 1]))
      found[#found + 1] = redis.call('HGET', epitaphs, all[place]) or (ROUTINE .. ' 0 lost')
    end
  end
  return found
end

-- '' for all, company .. '*', or company .. subject .. '!' -> how many
function operations.retry(selection)
  local letters = chosen(selection)
  for _, job in ipairs(letters) do
    local class = string.match(redis.call('HGET', epitaphs, job) or '', '^(%d)') or ROUTINE
    bury(job)
    begin(job, tonumber(class))
  end
  return #letters
end

function operations.discard(selection)
  local letters = chosen(selection)
  for _, job in ipairs(letters) do bury(job) end
  return #letters
end

return operations[ARGV[1]](unpack(ARGV, 5))
