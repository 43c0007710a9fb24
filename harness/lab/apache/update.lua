-- update.lua - ucdevice.upx: a device says what it has, and gets what is newer, or an empty list;
-- every question leaves a line in the audit log.

local head = "Logging DateTime,User Host Address,Device Type,Mac Address,Serial Number,Vendor,Model,"
	.. "Revision,Locale,Request Modules,Response Modules,User ID\r\n"

local function element(xml, name)
	return xml:match("<" .. name .. ">([^<]*)</" .. name .. ">") or ""
end

local function attribute(xml, name)
	return xml:match("<Module[^>]-%s" .. name .. "=\"([^\"]*)\"") or ""
end

-- -1, 0, 1: versions compare number by number.
local function compare(a, b)
	local x, y = a:gmatch("%d+"), b:gmatch("%d+")
	while true do
		local m, n = x(), y()
		if not m and not n then return 0 end
		m, n = tonumber(m or 0), tonumber(n or 0)
		if m ~= n then return m < n and -1 or 1 end
	end
end

-- What a device says must not forge a line or a column.
local function field(text)
	return (text:gsub("[%c,\"]", " "))
end

local function audit(r, columns)
	local name = os.getenv("RUN") .. "/RequestHandlerAuditLog_fe01_" .. os.date("!%Y%m%d") .. ".log"
	local log = io.open(name, "a")
	if not log then return end
	-- One write a line: other threads and processes write here too.
	log:setvbuf("full", 4096)
	if log:seek("end") == 0 then log:write(head) end
	for i, text in ipairs(columns) do columns[i] = field(text) end
	log:write(table.concat(columns, ","), "\r\n")
	log:close()
end

local function answer(r, base_int, base_ext, version)
	r.content_type = "text/xml; charset=utf-8"
	r:puts("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Response>\r\n  <BaseURL>", base_int,
		"</BaseURL>\r\n  <ExternalBaseURL>", base_ext, "</ExternalBaseURL>\r\n  <Modules>")
	if version then
		r:puts("<Module FileName=\"CPE.nbt\" SignatureFileName=\"CPE.cat\" Version=\"", version,
			"\" TimeStamp=\"2009-06-15T00:00:00\"/>")
	end
	r:puts("</Modules>\r\n</Response>\r\n")
	return apache2.OK
end

function handle(r)
	local xml = r.method == "POST" and r:requestbody(nil, 65536) or ""
	-- Whoever only looks gets an empty list and no line.
	if xml == "" then return answer(r, "", "", nil) end

	local version = os.getenv("LAB_VERSION")
	local device, vendor, model = element(xml, "DeviceType"), element(xml, "Vendor"), element(xml, "Model")
	local revision, locale = element(xml, "Revision"), element(xml, "Locale")
	local has = attribute(xml, "Version")
	local newer = compare(version, has) > 0
	-- The WMI settings were never filled in: both URLs stay blank.
	local blank = os.rename(os.getenv("RUN") .. "/blank", os.getenv("RUN") .. "/blank") ~= nil
	local path = table.concat({ "", device, vendor, model, revision, locale, version, "CPE" }, "/")

	if device == "" or vendor == "" or model == "" or revision == "" or locale == "" then
		return 400
	end
	audit(r, { os.date("!%m/%d/%Y %H:%M:%S"), r.useragent_ip, device, element(xml, "MacAddress"),
		element(xml, "SerialNumber"), vendor, model, revision, locale,
		table.concat({ attribute(xml, "FileName"), has, attribute(xml, "TimeStamp") }, ";"),
		newer and "CPE.nbt;CPE.cat;" .. version or "", element(xml, "UserID") })
	if not newer or blank then return answer(r, "", "", nil) end
	local host = "pool01." .. os.getenv("LAB_DOMAIN")
	return answer(r, "http://" .. host .. "/DeviceUpdateFiles_Int" .. path,
		"https://" .. host .. "/DeviceUpdateFiles_Ext" .. path, version)
end
