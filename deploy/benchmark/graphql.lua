-- wrk's script: sends the operation named on the command line, for rows as Population.java numbers them.
local FIELDS = "id role roleName permissions createdAt etag publicUserData { userId firstName lastName identifier } organization { id name }"
failures, first_failure = 0, ""
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

local function user(number) return string.format("1%018d", number) end
local function organization(number) return string.format("2%018d", number) end

local function document(file)
  local text = io.open(file):read("*a"):gsub("#[^\n]*", "")
  return text:gsub("%s+", " "):gsub('"', '\\"')
end

function init(arguments)
  local population, dashboard = arguments[2], document(arguments[3])
  headers = { ["Authorization"] = "Bearer " .. arguments[1], ["Content-Type"] = "application/json" }
  math.randomseed(os.time())
  -- One of those who are never removed.
  local function member()
    if population == "large" then return 1, math.random(0, 49999) end
    local o = math.random(5, 10000)
    return o, (o * 88 + math.random(0, 43)) % 200000
  end
  local function membership(fields)
    local o, u = member()
    return '{"query":"query ($o: ID!, $u: ID!) { getMembership(organizationId: $o, userId: $u) { ' .. fields
      .. ' } }","variables":{"o":"' .. organization(o) .. '","u":"' .. user(u) .. '"}}'
  end
  bodies = {
    nothing = function() return '{"query":"{ __typename }"}' end,
    -- As many fields as a membership has, and no row behind them.
    introspection = function()
      return '{"query":"{ __type(name: \\"Membership\\") { name kind description fields { name description } } }"}'
    end,
    get = function() return membership(FIELDS) end,
    role = function() return membership("role") end,
    dashboard = function()
      local o = member()
      return '{"query":"' .. dashboard .. '","variables":{"organizationId":"' .. organization(o) .. '"}}'
    end,
  }
  body = bodies[arguments[4]]
end

function request()
  return wrk.format("POST", nil, headers, body())
end

function response(status, _, answer)
  if status ~= 200 or answer:find('"errors"', 1, true) then
    failures = failures + 1
    if first_failure == "" then first_failure = status .. " " .. answer:sub(1, 300) end
  end
end

function done(summary, latency)
  local failed, first = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, ""
  for _, thread in ipairs(threads) do
    failed = failed + thread:get("failures")
    first = thread:get("first_failure")
  end
  print(string.format('result {"calls":%d,"seconds":%f,"p50_ms":%f,"p99_ms":%f,"failures":%d,"first_failure":"%s"}',
    summary.requests - failed, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    failed, (first:gsub('[\\"%c]', " "))))
end
