-- SPDX-License-Identifier: Apache-2.0
-- HAProxy asks `ostiary gate --gateway haproxy` about each request: docs/usage/gateway.md.
--
--   global
--       lua-load /usr/share/ostiary/ostiary-gate.lua
--   frontend …
--       http-request lua.ostiary_gate http://127.0.0.1:8000 unless { path_beg /_ostiary/ }
--
-- What the gate lets in goes on with its identity fields in the place of the client's; for all else its answer is the
-- response. A gate that cannot be asked lets nobody in: 503.

-- What is about the client's connection and body, and what tells the question.
local left_out = {
    ["host"] = true, ["connection"] = true, ["content-length"] = true, ["transfer-encoding"] = true, ["expect"] = true,
    ["te"] = true, ["trailer"] = true, ["keep-alive"] = true, ["proxy-connection"] = true, ["accept-encoding"] = true,
    ["forwarded"] = true, ["x-forwarded-for"] = true, ["x-forwarded-host"] = true, ["x-forwarded-proto"] = true,
    ["x-original-method"] = true, ["x-original-uri"] = true,
}
local identity = "x-auth-request-"

local function values_of(list)
    local values = {}
    for at = 0, 100 do
        if list[at] == nil then
            break
        end
        values[#values + 1] = list[at]
    end
    return values
end

local function question(txn)
    local fields = {}
    for name, list in pairs(txn.http:req_get_headers()) do
        if not left_out[name] then
            fields[name] = values_of(list)
        end
    end
    fields["x-original-method"] = { txn.f:method() }
    fields["x-original-uri"] = { txn.f:pathq() }
    fields["x-forwarded-host"] = { txn.f:req_fhdr("host") or "" }
    fields["x-forwarded-proto"] = { txn.f:ssl_fc() == 1 and "https" or "http" }
    fields["x-forwarded-for"] = { txn.f:src() }
    return fields
end

-- Whatever hyphens a client has written: applications may read "_" as "-", and "." or "~".
local function drop_identity(txn)
    for name in pairs(txn.http:req_get_headers()) do
        if name:gsub("[^%w]", "-"):sub(1, #identity) == identity then
            txn.http:req_del_header(name)
        end
    end
end

local function let_in(txn, answer)
    drop_identity(txn)
    for name, list in pairs(answer.headers) do
        if name:sub(1, #identity) == identity then
            txn.http:req_set_header(name, values_of(list)[1] or "")
        end
    end
    local cookies = answer.headers["cookie"]
    txn.http:req_set_header("cookie", cookies and values_of(cookies)[1] or "")
    local given = answer.headers["authorization"]
    local token = given and values_of(given)[1]
    if token and token ~= "" then
        txn.http:req_set_header("authorization", token)
    end
end

local function keep_out(txn, answer)
    local reply = txn:reply({ status = answer.status })
    for _, name in ipairs({ "location", "www-authenticate", "retry-after", "cache-control", "set-cookie" }) do
        for _, value in ipairs(values_of(answer.headers[name] or {})) do
            reply:add_header(name, value)
        end
    end
    txn:done(reply)
end

core.register_action("ostiary_gate", { "http-req" }, function(txn, gate)
    local answer = core.httpclient():get({ url = gate .. "/check", headers = question(txn), timeout = 10000 })
    if answer == nil or answer.status == nil or answer.status < 200 then
        txn:done(txn:reply({ status = 503, headers = { ["retry-after"] = { "5" } } }))
    elseif answer.status == 200 then
        let_in(txn, answer)
    else
        keep_out(txn, answer)
    end
end, 1)
