package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
)

func TestHostNames(t *testing.T) {
	t.Parallel()
	app := frameworktest.New(t, configure(newSite(t, sample.write(t), false), framework.Options{Logger: new(frameworktest.Log).Logger()}, "Files.example.com"))
	tests := []struct {
		local, host string
		status      int
	}{
		{"127.0.0.1", "127.0.0.1:6543", 200},
		{"127.0.0.1", "localhost:6543", 200},
		{"127.0.0.1", "LOCALHOST", 200},
		{"127.0.0.1", "app.localhost:6543", 200},
		{"127.0.0.1", "localhost.", 200},
		{"127.0.0.1", "localhost.:6543", 200},
		{"127.0.0.1", "localhost..", 421},
		{"127.0.0.1", "[::1]:6543", 200},
		{"::1", "[::1]", 200},
		{"127.0.0.1", "files.example.com", 200},
		{"127.0.0.1", "evil.example.com:6543", 421},
		{"127.0.0.1", "127.0.0.1.evil.example.com", 421},
		{"127.0.0.1", "localhost.evil.example.com", 421},
		{"::1", "10.0.0.7", 421},
		{"127.0.0.1", "", 200},                // HTTP/1.0: no browser
		{"10.0.0.7", "evil.example.com", 200}, // listens on a network interface: any client may
	}
	for _, test := range tests {
		response := loadPageAt(t, app, test.local, "GET", test.host, "/LICENSE/raw")
		assert.Equal(t, test.status, response.Code, "%s at %s", test.host, test.local)
		if test.status != http.StatusOK {
			assert.NotContains(t, response.Body.String(), "Do what you like")
		}
	}
}

// A request for a refused host name reveals nothing about the site.
func TestRefusedHostRevealsNothing(t *testing.T) {
	t.Parallel()
	site := newSite(t, sample.write(t), false)
	app := frameworktest.New(t, configure(site, framework.Options{Logger: new(frameworktest.Log).Logger()}))
	for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS", "HEAD"} {
		for _, target := range []string{"/", "/@@style.css", "/@@info", "/nothing", "/%ff"} {
			response := loadPage(t, app, method, "evil.example.com", target)
			assert.NotContains(t, response.Body.String(), site.name, "%s %s", method, target)
			assert.True(t, response.Code == 421 || target == "/@@style.css" && response.Code == 200, "%s %s: %d", method, target, response.Code)
		}
	}
}

// A server that listens on all interfaces can be reached over loopback, too.
func TestListeningEverywhere(t *testing.T) {
	t.Parallel()
	site := newSite(t, sample.write(t), false)
	for addr, status := range map[string]int{
		"0.0.0.0:80": 200, ":80": 200, "[::]:80": 200, "[::ffff:0.0.0.0]:80": 200,
		"": 421, "127.0.0.1:80": 421, "[::1]:80": 421, "localhost:80": 421, "unix:/run/files.sock": 421,
	} {
		statusOf := func(hosts ...string) int {
			o := framework.Options{Logger: new(frameworktest.Log).Logger(), Settings: registry.Settings{"addr": addr}}
			return loadPage(t, frameworktest.New(t, configure(site, o, hosts...)), "GET", "example.com", "/LICENSE/raw").Code
		}
		assert.Equal(t, status, statusOf(), addr)
		assert.Equal(t, 421, statusOf("files.example.com"), "the setting hosts replaces the default: %s", addr)
	}
}
