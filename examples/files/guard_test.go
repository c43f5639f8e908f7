package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
)

func TestOtherNamesOfThisMachine(t *testing.T) {
	t.Parallel()
	app := frameworktest.New(t, configure(newSite(t, sample.write(t), false), framework.Options{Logger: new(frameworktest.Log).Logger()}, "files.example.com"))
	tests := []struct {
		local, host string
		status      int
	}{
		{"127.0.0.1", "127.0.0.1:6543", 200},
		{"127.0.0.1", "localhost:6543", 200},
		{"127.0.0.1", "LOCALHOST", 200},
		{"127.0.0.1", "app.localhost:6543", 200},
		{"127.0.0.1", "[::1]:6543", 200},
		{"::1", "[::1]", 200},
		{"127.0.0.1", "files.example.com", 200},
		{"127.0.0.1", "evil.example.com:6543", 421},
		{"127.0.0.1", "127.0.0.1.evil.example.com", 421},
		{"127.0.0.1", "localhost.evil.example.com", 421},
		{"::1", "10.0.0.7", 421},
		{"127.0.0.1", "", 421},
		{"10.0.0.7", "evil.example.com", 200}, // listens for others: whoever reaches it may
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", "/LICENSE/raw", nil)
		r.Host = test.host
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(&net.TCPAddr{IP: net.ParseIP(test.local), Port: 6543})))
		answer := app.Send(r)
		assert.Equal(t, test.status, answer.Code, "%s at %s", test.host, test.local)
		if test.status != http.StatusOK {
			assert.NotContains(t, answer.Text, "Do what you like")
		}
	}
}
