package builtin

import "github.com/mastaba-go/mastaba/views/web"

const status = "status"

// Statuses are the texts of the statuses of errors, as net/http has them.
var Statuses = []web.Message{
	{ID: "Bad Request", Context: status, Domain: Domain},
	{ID: "Unauthorized", Context: status, Domain: Domain},
	{ID: "Payment Required", Context: status, Domain: Domain},
	{ID: "Forbidden", Context: status, Domain: Domain},
	{ID: "Not Found", Context: status, Domain: Domain},
	{ID: "Method Not Allowed", Context: status, Domain: Domain},
	{ID: "Not Acceptable", Context: status, Domain: Domain},
	{ID: "Proxy Authentication Required", Context: status, Domain: Domain},
	{ID: "Request Timeout", Context: status, Domain: Domain},
	{ID: "Conflict", Context: status, Domain: Domain},
	{ID: "Gone", Context: status, Domain: Domain},
	{ID: "Length Required", Context: status, Domain: Domain},
	{ID: "Precondition Failed", Context: status, Domain: Domain},
	{ID: "Request Entity Too Large", Context: status, Domain: Domain},
	{ID: "Request URI Too Long", Context: status, Domain: Domain},
	{ID: "Unsupported Media Type", Context: status, Domain: Domain},
	{ID: "Requested Range Not Satisfiable", Context: status, Domain: Domain},
	{ID: "Expectation Failed", Context: status, Domain: Domain},
	{ID: "I'm a teapot", Context: status, Domain: Domain},
	{ID: "Misdirected Request", Context: status, Domain: Domain},
	{ID: "Unprocessable Entity", Context: status, Domain: Domain},
	{ID: "Locked", Context: status, Domain: Domain},
	{ID: "Failed Dependency", Context: status, Domain: Domain},
	{ID: "Too Early", Context: status, Domain: Domain},
	{ID: "Upgrade Required", Context: status, Domain: Domain},
	{ID: "Precondition Required", Context: status, Domain: Domain},
	{ID: "Too Many Requests", Context: status, Domain: Domain},
	{ID: "Request Header Fields Too Large", Context: status, Domain: Domain},
	{ID: "Unavailable For Legal Reasons", Context: status, Domain: Domain},
	{ID: "Internal Server Error", Context: status, Domain: Domain},
	{ID: "Not Implemented", Context: status, Domain: Domain},
	{ID: "Bad Gateway", Context: status, Domain: Domain},
	{ID: "Service Unavailable", Context: status, Domain: Domain},
	{ID: "Gateway Timeout", Context: status, Domain: Domain},
	{ID: "HTTP Version Not Supported", Context: status, Domain: Domain},
	{ID: "Variant Also Negotiates", Context: status, Domain: Domain},
	{ID: "Insufficient Storage", Context: status, Domain: Domain},
	{ID: "Loop Detected", Context: status, Domain: Domain},
	{ID: "Not Extended", Context: status, Domain: Domain},
	{ID: "Network Authentication Required", Context: status, Domain: Domain},
}
