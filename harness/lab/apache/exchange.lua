-- exchange.lua - Exchange 2007's client access server as far as a phone goes: autodiscover says
-- where the mailbox is served, and the inbox there has nothing unread.

local schema = "http://schemas.microsoft.com/exchange/"

local function autodiscover(r, xml)
	local email = xml:match("<EMailAddress>([^<&]*)</EMailAddress>")
	local domain = email and email:match("@(.+)$")
	if not domain then return 400 end

	r.content_type = "text/xml; charset=utf-8"
	r:puts("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Autodiscover xmlns=\"", schema,
		"autodiscover/responseschema/2006\">")
	if domain:lower() ~= os.getenv("LAB_DOMAIN") then
		-- An error is an answer: 200, with the code in the document.
		r:puts("<Response><Error><ErrorCode>500</ErrorCode><Message>The email address can't be found.",
			"</Message></Error></Response></Autodiscover>")
		return apache2.OK
	end
	r:puts("<Response xmlns=\"", schema, "autodiscover/outlook/responseschema/2006a\"><User><DisplayName>",
		email:match("^[^@]*"), "</DisplayName><AutoDiscoverSMTPAddress>", email,
		"</AutoDiscoverSMTPAddress></User><Account><AccountType>email</AccountType><Action>settings",
		"</Action><Protocol><Type>EXCH</Type><EwsUrl>https://mail01.", os.getenv("LAB_DOMAIN"),
		"/EWS/Exchange.asmx</EwsUrl></Protocol></Account></Response></Autodiscover>")
	return apache2.OK
end

local function inbox(r)
	r.content_type = "text/xml; charset=utf-8"
	r:puts("<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/",
		"soap/envelope/\" xmlns:t=\"", schema, "services/2006/types\" xmlns:m=\"", schema,
		"services/2006/messages\"><s:Body><m:GetFolderResponse><m:ResponseMessages>",
		"<m:GetFolderResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode>",
		"<m:Folders><t:Folder><t:DisplayName>Inbox</t:DisplayName><t:TotalCount>0</t:TotalCount>",
		"<t:UnreadCount>0</t:UnreadCount></t:Folder></m:Folders></m:GetFolderResponseMessage>",
		"</m:ResponseMessages></m:GetFolderResponse></s:Body></s:Envelope>")
	return apache2.OK
end

function handle(r)
	if r.method ~= "POST" then return 405 end
	local xml = r:requestbody(nil, 65536) or ""
	if r.uri:lower():find("^/ews/") then
		return xml:find("GetFolder", 1, true) and inbox(r) or 500
	end
	return autodiscover(r, xml)
end
