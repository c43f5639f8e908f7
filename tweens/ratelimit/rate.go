package ratelimit

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

// Rate is a limit for each key. Requests and Per are required.
type Rate struct {
	// Name is the name of the policy in the headers, "" for that of the key ("client", "user").
	// It must be unique among the rates of a tween; rates of several tweens around one view, or in
	// one Store, need different names too, unless they are meant to count together.
	Name string
	// Requests are allowed Per this time, evenly: one each Per/Requests.
	Requests int
	// Per is at least a microsecond for each request, and at most 366 days.
	Per time.Duration
	// Burst is how many requests may come at once after a pause; 0 means Requests.
	Burst int
	// Key is whom a request counts for; the zero value means ByClient.
	Key Key
}

var _ fmt.Stringer = Rate{}

// String returns the rate as it is listed: "100 per 1m0s by client".
func (r Rate) String() string {
	text := fmt.Sprintf("%d per %s", r.Requests, r.Per)
	if r.Burst != 0 {
		text += fmt.Sprintf(", at most %d at once,", r.Burst)
	}
	text += " by " + r.Key.String()
	if r.Name != "" {
		text = fmt.Sprintf("%s: %s", r.Name, text)
	}
	return text
}

const longest = 366 * 24 * time.Hour

// check returns what is wrong with the rate.
func (r Rate) check() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if r.Requests < 1 {
		fail("Requests is %d: want 1 or more", r.Requests)
	}
	if r.Per <= 0 || r.Per > longest {
		fail("Per is %v: want a duration such as time.Minute, at most 366 days", r.Per)
	}
	if r.Requests >= 1 && r.Per > 0 && r.Per/time.Duration(r.Requests) < time.Microsecond {
		fail("%d requests per %v are more than one each microsecond", r.Requests, r.Per)
	}
	if r.Burst < 0 || r.Burst > 1000*max(r.Requests, 1) {
		fail("Burst is %d: want between 1 and 1000 times Requests, or 0 for Requests", r.Burst)
	}
	if len(r.Name) > 60 || strings.ContainsFunc(r.Name, func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }) {
		fail("invalid name %q: want at most 60 characters of visible ASCII, without quotes and backslashes", r.Name)
	}
	if r.Key.err != nil {
		errs = append(errs, r.Key.err)
	}
	if errs == nil {
		return nil
	}
	return fmt.Errorf("rate %s: %w", r, errors.Join(errs...))
}

// Key says whom a request counts for. The zero value is ByClient.
type Key struct {
	name string
	of   func(r *web.Request) (string, error)
	err  error
}

var _ fmt.Stringer = Key{}

// String returns the name of the key: "client", "user".
func (k Key) String() string {
	if k.name == "" {
		return "client"
	}
	return k.name
}

// ByClient counts for the address of the client, of IPv6 for its first 64 bits. Connections without
// an address, those over a Unix socket that is not a trusted proxy, count as one client.
func ByClient() Key { return Key{name: "client", of: network(32, 64)} }

// ByNetwork counts for the network of the client: the first bits of its IPv4 or IPv6 address.
func ByNetwork(ipv4, ipv6 int) Key {
	k := Key{name: fmt.Sprintf("network /%d and /%d", ipv4, ipv6), of: network(ipv4, ipv6)}
	if ipv4 < 1 || ipv4 > 32 || ipv6 < 1 || ipv6 > 128 {
		k.err = fmt.Errorf("ratelimit.ByNetwork(%d, %d): want 1 to 32 bits of IPv4 and 1 to 128 of IPv6", ipv4, ipv6)
	}
	return k
}

// ByUser counts for the user of the request, by its user id. It does not count anonymous requests:
// combine it with a rate by client. The security policy identifies the user before the view then,
// and its error is that of the request.
func ByUser() Key {
	return Key{name: "user", of: func(r *web.Request) (string, error) { return r.UserID() }}
}

// By counts for what fn returns, such as an API key or a tenant; requests for which that is "" are
// not counted. An error of fn is that of the request. fn is called concurrently.
func By(name string, fn func(r *web.Request) (string, error)) Key {
	k := Key{name: name, of: fn}
	if name == "" || fn == nil {
		k.err = errors.New("ratelimit.By: want a name and a function")
	}
	return k
}

// keyOf returns the key of a request, "" if it is not counted.
func (k Key) keyOf(r *web.Request) (string, error) {
	if k.of == nil {
		return ofClient(r)
	}
	return k.of(r)
}

var ofClient = network(32, 64)

func network(ipv4, ipv6 int) func(r *web.Request) (string, error) {
	return func(r *web.Request) (string, error) {
		addr := r.ClientAddr()
		bits := ipv6
		switch {
		case !addr.IsValid():
			return "no address", nil
		case addr.Is4():
			bits = ipv4
		}
		if bits == addr.BitLen() {
			return addr.String(), nil
		}
		return netip.PrefixFrom(addr, bits).Masked().String(), nil
	}
}

// policy returns the rate as an item of RateLimit-Policy.
func (r Rate) policy() string {
	text := strconv.Quote(r.Name) + ";q=" + strconv.Itoa(r.Requests)
	if r.Per%time.Second == 0 {
		text += ";w=" + strconv.FormatInt(int64(r.Per/time.Second), 10)
	}
	return text
}
