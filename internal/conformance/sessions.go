package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// pyramidCookie and ourCookie are the names of the cookie of a session. Ours has the prefix that
// browsers protect.
const (
	pyramidCookie = "session"
	ourCookie     = "__Host-session"
)

// visitor is the client of a case with sessions.
type visitor struct {
	jar    bool   // keeps cookies
	cookie string // of the session; "" without one
	token  string // that the last operation gave, as the session has it
	sent   string // the same as a view gives it to the client: masked
	memory memory // what the model knows
}

// visitor returns the client of a case with sessions, nil for other cases.
func (c *Case) visitor() *visitor {
	if !c.any(Directive.needsSession) {
		return nil
	}
	return &visitor{jar: c.CookieJar}
}

func (d Directive) needsSession() bool { return d.Do == "session" }

// sessionOptions are the options of the directive session.
func (d Directive) sessionOptions() session.Options {
	o := session.Options{
		Secrets:        []string{"T1hGEU2SDMoQHVtm6ZNsyQbpBSsN8NQb3L1kg4oFhqk="},
		DiscardOnError: d.SetOnException != nil && !*d.SetOnException,
	}
	if d.ReissueTime != nil {
		o.RenewAfter = time.Duration(*d.ReissueTime) * time.Second
	}
	return o
}

// sessions applies the directives about sessions and forged requests; false for all others.
func (b *build) sessions(config *framework.Configurator, d Directive) bool {
	switch d.Do {
	case "session":
		factory, err := session.New(d.sessionOptions())
		if err != nil {
			b.unknown("%w", err)
			return true
		}
		config.SetSessionFactory(factory)
		b.csrf(config)
	case "default_csrf":
		config.SetDefaultCSRF(d.RequireCSRF != nil && *d.RequireCSRF)
	default:
		return false
	}
	return true
}

// csrf sets the policy of the case, wherever its directive stands.
func (b *build) csrf(config *framework.Configurator) {
	o := security.CSRFOptions{TrustedOrigins: b.app.Settings.CSRFTrustedOrigins}
	for _, d := range b.app.Directives {
		if d.Do == "default_csrf" {
			o.Header, o.Field, o.SafeMethods = d.Header, d.Token, d.SafeMethods
			o.AllowNoOrigin, o.DisableOriginCheck = d.AllowNoOrigin, d.CheckOrigin != nil && !*d.CheckOrigin
		}
	}
	b.policy = security.NewCSRF(o)
	config.SetCSRFPolicy(b.policy)
}

// csrfOption returns the option of a view that says whether it is protected.
func (d Directive) csrfOption() []views.Option {
	if d.RequireCSRF == nil || d.Do == "default_csrf" {
		return nil
	}
	return []views.Option{views.CSRF(*d.RequireCSRF)}
}

// operation is one of a view with the session: its name, then the arguments.
type operation []any

// operations returns the operations of a view.
func (b Behavior) operations() ([]operation, error) {
	list := make([]operation, len(b.Session))
	for i, text := range b.Session {
		if err := json.Unmarshal(text, &list[i]); err != nil {
			return nil, err
		}
		if len(list[i]) == 0 {
			return nil, errors.New("an operation without a name")
		}
	}
	return list, nil
}

// text returns an argument that is a text; "" if it is not there.
func (o operation) text(n int) string {
	if n >= len(o) {
		return ""
	}
	s, _ := o[n].(string)
	return s
}

// unique reports whether a message is added only if the queue does not have it.
func (o operation) unique() bool { return len(o) > 3 && o[3] == false }

// visit does the operations of a view and returns their results.
func (b Behavior) visit(r *web.Request) ([]any, error) {
	list, err := b.operations()
	if err != nil || len(list) == 0 {
		return nil, err
	}
	s, err := r.Session()
	if err != nil {
		return nil, err
	}
	v := &visit{Session: s, r: r, p: playOf(r), mutated: map[string]any{}}
	results := []any{}
	for _, o := range list {
		result, err := v.do(o)
		if err != nil {
			return nil, fmt.Errorf("session operation %v: %w", o, err)
		}
		results = append(results, result)
	}
	return results, nil
}

// visit is what a view does with its session.
type visit struct {
	web.Session
	r       *web.Request
	p       *play
	mutated map[string]any // what Get returned and the view has changed since
}

func (v *visit) do(o operation) (result any, err error) {
	switch name := o.text(1); o.text(0) {
	case "set":
		return nil, v.Set(name, o[2])
	case "get":
		_, err = v.Get(name, &result)
		return result, err
	case "has":
		return v.Get(name, &result)
	case "del":
		v.Delete(name)
	case "keys":
		return v.Names(), nil
	case "new":
		return v.IsNew(), nil
	case "invalidate":
		v.Invalidate()
	case "mutate": // Get returns a copy: this changes nothing
		var list []any
		_, err = v.Get(name, &list)
		v.mutated[name] = append(list, o[2])
		return nil, err
	case "changed": // so the change has to be set
		for name, value := range v.mutated {
			err = errors.Join(err, v.Set(name, value))
		}
		v.Changed()
		return nil, err
	case "flash":
		return nil, v.Flash(o.text(2), name, o.unique())
	case "pop_flash":
		return v.PopFlash(name)
	case "peek_flash":
		return v.PeekFlash(name)
	case "get_csrf_token", "new_csrf_token":
		return v.token(o.text(0) == "new_csrf_token")
	default:
		return nil, errUnknown
	}
	return nil, err
}

// token returns "fresh" or "same".
func (v *visit) token(rotate bool) (any, error) {
	if rotate {
		if err := v.p.policy.Rotate(v.r); err != nil {
			return nil, err
		}
	}
	sent, err := v.p.policy.Token(v.r)
	if err != nil {
		return nil, err
	}
	var token string
	if _, err := v.Get(web.CSRFTokenKey, &token); err != nil {
		return nil, err
	}
	was := v.p.token
	v.p.token, v.p.sent = token, sent
	if token == was {
		return "same", nil
	}
	return "fresh", nil
}

// fill puts the cookie and the token of the client into a request.
func (v *visitor) fill(hr *http.Request) {
	for _, values := range hr.Header {
		for i := range values {
			values[i] = strings.ReplaceAll(values[i], "$csrf", v.sent)
		}
	}
	if sent := hr.Header.Get("Cookie"); sent != "" {
		hr.Header.Set("Cookie", strings.ReplaceAll(sent, pyramidCookie+"=", ourCookie+"="))
	}
	if v.cookie != "" {
		hr.AddCookie(&http.Cookie{Name: ourCookie, Value: v.cookie})
	}
}

// keep keeps the cookie of a response, and reports whether it has one.
func (v *visitor) keep(lines []string) bool {
	set := false
	for _, line := range lines {
		c, err := http.ParseSetCookie(line)
		if err != nil || c.Name != ourCookie {
			continue
		}
		set = true
		if v.jar {
			v.cookie = c.Value
		}
	}
	return set
}
