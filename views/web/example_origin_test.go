package web_test

import (
	"fmt"
	"net/http/httptest"

	"github.com/mastaba-go/mastaba/views/web"
)

// What a proxy says of the client counts only if the proxy is trusted, and by
// default none is.
func ExampleParseTrustedProxies() {
	trusted, err := web.ParseTrustedProxies([]string{"10.0.0.0/8"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, proxies := range []web.TrustedProxies{nil, trusted} {
		hr := httptest.NewRequest("GET", "http://inside.local/", nil)
		hr.RemoteAddr = "10.1.2.3:4567"
		hr.Header.Set("X-Forwarded-For", "203.0.113.9")
		hr.Header.Set("X-Forwarded-Proto", "https")
		hr.Header.Set("X-Forwarded-Host", "example.com")
		r := web.Begin(&web.Application{Trusted: proxies}, hr)
		fmt.Println(r.ClientAddr(), r.ApplicationURL())
	}
	// Output:
	// 10.1.2.3 http://inside.local
	// 203.0.113.9 https://example.com
}
