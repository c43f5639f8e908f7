package main

import (
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFirstLink(t *testing.T) {
	t.Parallel()
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 6543} }
	for _, test := range []struct {
		a    announcement
		at   net.Addr
		want string
	}{
		{announcement{}, tcp("127.0.0.1"), "http://127.0.0.1:6543"},
		{announcement{}, tcp("0.0.0.0"), "http://localhost:6543"},
		{announcement{}, tcp("::"), "http://localhost:6543"},
		{announcement{}, tcp("::1"), "http://[::1]:6543"},
		{announcement{tls: true, https: true}, tcp("192.0.2.7"), "https://192.0.2.7:6543"},
		{announcement{https: true}, tcp("127.0.0.1"), "https://ADDRESS-OF-THE-WIKI"},
		{announcement{}, &net.UnixAddr{Name: "wiki.sock", Net: "unix"}, "http://ADDRESS-OF-THE-WIKI"},
	} {
		test.a.token = "t"
		assert.Equal(t, test.want+"/-/join?token=t", test.a.link(test.at))
	}
}
