package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views/web"
)

// Options are the options of [New]. Issuer, ClientID and RedirectURL are required.
type Options struct {
	// Issuer is the address of the provider, as its configuration document names it.
	Issuer string
	// ClientID and ClientSecret are what the provider has given the application. A client without a
	// secret is a public one, which PKCE protects.
	ClientID, ClientSecret string
	// RedirectURL is the address of the view Callback, as registered with the provider.
	RedirectURL string
	// Scopes are requested in addition to "openid", such as "email".
	Scopes []string
	// Algorithms are those that an id token may be signed with; none: RS256. They are "RS256",
	// "ES256", "EdDSA" and others of their kind, but never "none" or one with a secret (HS256).
	Algorithms []string
	// User returns the id of the user to remember, "" for one who may not log in; nil: the issuer's
	// subject. It may create the account. Emails are a sign of who somebody is only if the provider
	// has verified them.
	User func(r *web.Request, login *Login) (string, error)
	// AfterLogout is the path to go to after the logout; "": "/".
	AfterLogout string
	// Client sends the requests to the provider; nil: one without redirects. Its Timeout is 10
	// seconds if it has none.
	Client *http.Client
}

// Login is what the provider says about a user.
type Login struct {
	// Subject is the id that the provider has for the user. It stays the same.
	Subject string
	// AccessToken is for the provider's own services.
	AccessToken string

	token *goidc.IDToken
}

// Claims decodes the claims of the id token, as JSON, into a pointer.
func (l *Login) Claims(into any) error { return l.token.Claims(into) }

// Provider logs users in. It has the views Begin, Callback and Logout, which
// framework.Configurator.AddLogin adds to an application. It is safe for concurrent use.
type Provider struct {
	options Options
	turn    chan struct{} // for discovery, and for found
	found   *discovered
	err     error
}

// discovered is what the provider's configuration says.
type discovered struct {
	oauth    oauth2.Config
	verifier *goidc.IDTokenVerifier
	names    bool // each answer says which provider it is from (RFC 9207)
}

// algorithms are those that may be allowed.
var algorithms = []string{
	goidc.RS256, goidc.RS384, goidc.RS512, goidc.ES256, goidc.ES384, goidc.ES512, goidc.PS256, goidc.PS384, goidc.PS512, goidc.EdDSA,
}

// New returns a Provider. A mistake in the options is the error of each view: see Err.
func New(o Options) *Provider {
	p := &Provider{options: o, turn: make(chan struct{}, 1), err: o.check()}
	if o.Algorithms == nil {
		p.options.Algorithms = []string{goidc.RS256}
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if o.Client != nil {
		client = *o.Client
	}
	if client.Timeout <= 0 {
		client.Timeout = 10 * time.Second
	}
	p.options.Client = &client
	return p
}

// CallbackPath returns the escaped path of Options.RedirectURL.
func (p *Provider) CallbackPath() string {
	u, err := url.Parse(p.options.RedirectURL)
	if err != nil {
		return ""
	}
	return u.EscapedPath()
}

// Forbidden returns security.RedirectToLogin for the login at a path.
func (p *Provider) Forbidden(login string) func(r *web.Request) (*web.Response, error) {
	return security.RedirectToLogin(login)
}

// Err returns what is wrong with the options; nil if nothing is.
func (p *Provider) Err() error { return p.err }

func (o *Options) check() error {
	var errs []error
	for _, field := range []struct{ name, text string }{{"Issuer", o.Issuer}, {"RedirectURL", o.RedirectURL}} {
		if u, err := url.Parse(field.text); err != nil || u.Host == "" || u.Scheme != "https" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" {
			errs = append(errs, fmt.Errorf("%s %q: want an address such as https://login.example.com", field.name, field.text))
		}
	}
	if o.ClientID == "" {
		errs = append(errs, errors.New("no ClientID: want the name that the provider has given this application"))
	}
	for _, name := range o.Algorithms {
		if !slices.Contains(algorithms, name) {
			errs = append(errs, fmt.Errorf("algorithm %q: want one of %v", name, algorithms))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("oidc.New: %w", err)
	}
	return nil
}

// discover returns the configuration of the provider, which is fetched once, by one request at a
// time and within its context.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	if p.err != nil {
		return nil, p.err
	}
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-p.turn }()
	if p.found != nil {
		return p.found, nil
	}
	provider, err := goidc.NewProvider(goidc.ClientContext(ctx, p.options.Client), p.options.Issuer)
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	var more struct {
		Keys  string `json:"jwks_uri"`
		Names bool   `json:"authorization_response_iss_parameter_supported"`
	}
	if err := provider.Claims(&more); err != nil {
		return nil, unavailable(ctx, err)
	}
	keys := newKeySet(more.Keys, p.options.Client, p.options.Algorithms)
	p.found = &discovered{
		names: more.Names,
		oauth: oauth2.Config{
			ClientID: p.options.ClientID, ClientSecret: p.options.ClientSecret, Endpoint: provider.Endpoint(),
			RedirectURL: p.options.RedirectURL, Scopes: append([]string{goidc.ScopeOpenID}, p.options.Scopes...),
		},
		verifier: goidc.NewVerifier(p.options.Issuer, keys, &goidc.Config{ClientID: p.options.ClientID, SupportedSigningAlgs: p.options.Algorithms}),
	}
	return p.found, nil
}

// unavailable is a 503 for a provider that does not answer.
func unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return web.ServiceUnavailable("the login service does not answer").With(err)
}

// name distinguishes logins at this provider from those at others.
func (p *Provider) name() string { return p.options.Issuer + " " + p.options.ClientID }

// Begin is the view that sends the client to the provider. The query parameter "next" is where to
// go after the login.
func (p *Provider) Begin(r *web.Request) (*web.Response, error) {
	found, err := p.discover(r.Context())
	if err != nil {
		return nil, err
	}
	one := newAttempt(p.name(), security.SafeNext(r, r.URL.Query().Get(security.NextParameter)))
	if err := one.keep(r); err != nil {
		return nil, err
	}
	resp := r.Redirect(http.StatusSeeOther,
		found.oauth.AuthCodeURL(one.State, goidc.Nonce(one.Nonce), oauth2.S256ChallengeOption(one.Verifier)))
	resp.SetHeader("Cache-Control", "no-store")
	return resp, nil
}

// Callback is the view that the provider sends the client back to. It remembers the user, and
// redirects to where they wanted to go. A callback that this client has not begun is a 400; a user
// who may not log in gets a 403.
func (p *Provider) Callback(r *web.Request) (*web.Response, error) {
	found, err := p.discover(r.Context())
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	one, err := takeAttempt(r, p.name(), query.Get("state"))
	if err != nil {
		return nil, err
	}
	if issuer := query.Get("iss"); issuer != p.options.Issuer && (issuer != "" || found.names) { // RFC 9207
		return nil, web.BadRequest("the answer comes from another login service")
	}
	if code := query.Get("error"); code != "" {
		return nil, web.Forbidden("the login service refused the login").With(fmt.Errorf("error %q: %q", code, query.Get("error_description")))
	}
	login, err := p.exchange(r.Context(), found, query.Get("code"), one)
	if err != nil {
		return nil, err
	}
	id := login.Subject
	if p.options.User != nil {
		if id, err = p.options.User(r, login); err != nil {
			return nil, err
		}
	}
	if id == "" {
		return nil, web.Forbidden("this user may not log in here")
	}
	if err := r.Remember(id); err != nil {
		return nil, err
	}
	resp := r.Redirect(http.StatusSeeOther, security.SafeNext(r, one.Next))
	resp.SetHeader("Cache-Control", "no-store")
	return resp, nil
}

// exchange returns who logged in, for the code that the provider has given the client.
func (p *Provider) exchange(ctx context.Context, found *discovered, code string, one *attempt) (*Login, error) {
	ctx = goidc.ClientContext(ctx, p.options.Client)
	token, err := found.oauth.Exchange(ctx, code, oauth2.VerifierOption(one.Verifier))
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.Response != nil && refused.Response.StatusCode < 500 {
		return nil, web.BadRequest("the login has expired or was used already").With(err)
	}
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("oidc: the provider sent no id token: check that the client may use the scope openid")
	}
	var noKeys error
	verified, err := found.verifier.Verify(context.WithValue(ctx, failureKey{}, &noKeys), raw)
	switch {
	case noKeys != nil || ctx.Err() != nil:
		return nil, unavailable(ctx, noKeys)
	case err != nil:
		return nil, web.BadRequest("the login is not valid").With(err)
	}
	if verified.Nonce != one.Nonce {
		return nil, web.BadRequest("the login is not valid").With(errors.New("the id token has another nonce"))
	}
	if err := checkParty(verified, p.options.ClientID); err != nil {
		return nil, web.BadRequest("the login is not valid").With(err)
	}
	return &Login{Subject: verified.Subject, AccessToken: token.AccessToken, token: verified}, nil
}

// checkParty checks that an id token for several audiences was issued to this client, and that it
// is about somebody (OpenID Connect Core, 2 and 3.1.3.7).
func checkParty(token *goidc.IDToken, client string) error {
	var claims struct {
		Party string `json:"azp"`
	}
	switch err := token.Claims(&claims); {
	case err != nil:
		return err
	case claims.Party != client && (claims.Party != "" || len(token.Audience) > 1):
		return fmt.Errorf("the id token was issued to the client %q", claims.Party)
	case token.Subject == "":
		return errors.New("the id token has no subject")
	}
	return nil
}

// Logout is the view that forgets the user, and redirects to Options.AfterLogout. The user stays
// logged in at the provider. Let it handle POST only, so that no link or image of another site logs
// people out.
func (p *Provider) Logout(r *web.Request) (*web.Response, error) {
	return r.Redirect(http.StatusSeeOther, security.SafeNext(r, r.Prefix()+p.options.AfterLogout)), r.Forget()
}
