package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// tag marks a response as that of the view that ran last.
func (p *play) tag(resp *web.Response) { resp.SetHeader(reportHeader, p.last) }

// renders reports whether the behavior is one of the suite render.
func (b Behavior) renders() bool {
	return b.Value != nil || b.Own != nil || b.Render != nil || b.Returns == "request.response"
}

// prepare does what a view does before it gives something back.
func (b Behavior) prepare(r *web.Request) error {
	if b.rendered.Response != nil {
		if err := b.rendered.Response.do(r.Response()); err != nil {
			return err
		}
	}
	if b.rendered.Override != "" {
		views.OverrideRenderer(r, b.rendered.Override)
	}
	return nil
}

// give returns what the view gives back.
func (b Behavior) give(r *web.Request, report string) (any, error) {
	play := playOf(r)
	play.last = report
	switch {
	case b.Own != nil:
		resp := newResponse()
		play.tag(resp)
		return resp, b.Own.do(resp)
	case b.Returns == "request.response":
		resp := r.Response()
		if play.tag(resp); resp.ContentType() == "" {
			resp.SetContentType(html)
		}
		return resp, nil
	case b.Render != nil && b.Render.Call == "render_to_response":
		resp, err := b.Render.response(r)
		if err != nil {
			return nil, err
		}
		play.tag(resp)
		return resp, b.Render.Onto.do(resp)
	}
	play.tag(r.Response())
	if b.Render != nil {
		text, err := b.Render.text(r)
		if err != nil {
			return nil, err
		}
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			v = text
		}
		return map[string]any{"rendered": objects(v, r)}, nil
	}
	return valueOf(b.Value, r)
}

func (c *renderCall) full() string {
	if c.Package != "" && strings.Contains(c.Renderer, ".") && !strings.Contains(c.Renderer, ":") {
		return c.Package + ":" + c.Renderer
	}
	return c.Renderer
}

func (c *renderCall) text(r *web.Request) (string, error) {
	v, err := valueOf(c.Value, r)
	if err != nil {
		return "", err
	}
	playOf(r).pkg = c.Package
	defer func() { playOf(r).pkg = "" }()
	return views.Render(r, c.full(), v)
}

func (c *renderCall) response(r *web.Request) (*web.Response, error) {
	v, err := valueOf(c.Value, r)
	if err != nil {
		return nil, err
	}
	playOf(r).pkg = c.Package
	defer func() { playOf(r).pkg = "" }()
	return views.RenderResponse(r, c.full(), v)
}

var jsonpBody = regexp.MustCompile(`(?s)^/\*\*/(.*?)\((.*)\);$`)

// renderedOf returns what a case records of a response that was rendered.
func renderedOf(resp *web.Response, want Expect) (Report, error) {
	all := Report{}
	headers := map[string]any{}
	if names, ok := want["headers"].(map[string]any); ok {
		for name := range names {
			headers[name] = nil
			if values := resp.HeaderValues(name); len(values) > 0 {
				headers[name] = values
			}
		}
	}
	all["headers"], all["cookies"] = headers, cookiesOf(resp)
	all["cache"] = cacheOf(resp)
	mediaType, parameters, _ := strings.Cut(resp.ContentType(), ";")
	all["content_type"], all["charset"] = mediaType, nil
	charset := strings.TrimPrefix(strings.TrimSpace(parameters), "charset=")
	if charset != "" {
		all["charset"] = charset
		if strings.EqualFold(charset, "UTF-8") {
			all["charset"] = "UTF-8"
		}
	}
	raw, ok := resp.Body()
	if !ok {
		return all, fmt.Errorf("the body is written while it is sent")
	}
	body := string(raw)
	if strings.EqualFold(charset, "iso-8859-1") {
		body = fromLatin(body)
	}
	all["body"] = body
	if m := jsonpBody.FindStringSubmatch(body); m != nil {
		all["callback"], body = m[1], m[2]
	}
	var v any
	if json.Unmarshal([]byte(body), &v) == nil {
		all["json"] = v
	}
	return all, nil
}

func cookiesOf(resp *web.Response) []any {
	list := []any{}
	for _, line := range resp.HeaderValues("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			continue
		}
		one := map[string]any{"name": c.Name, "value": c.Value}
		set := func(name string, value any, there bool) {
			if there {
				one[name] = value
			}
		}
		set("path", c.Path, c.Path != "")
		set("domain", c.Domain, c.Domain != "")
		set("secure", true, c.Secure)
		set("http_only", true, c.HttpOnly)
		set("max_age", max(c.MaxAge, 0), c.MaxAge != 0)
		switch c.SameSite {
		case http.SameSiteLaxMode:
			one["same_site"] = "Lax"
		case http.SameSiteStrictMode:
			one["same_site"] = "Strict"
		case http.SameSiteNoneMode:
			one["same_site"] = "None"
		}
		list = append(list, one)
	}
	return list
}

func cacheOf(resp *web.Response) map[string]any {
	control := []string{}
	for part := range strings.SplitSeq(resp.Header("Cache-Control"), ",") {
		if part = strings.TrimSpace(part); part != "" {
			control = append(control, part)
		}
	}
	slices.Sort(control)
	all := map[string]any{"control": control, "expires_in": nil}
	if at, err := http.ParseTime(resp.Header("Expires")); err == nil {
		all["expires_in"] = int(time.Until(at).Round(10*time.Second) / time.Second)
		if max := maxAge(control); max >= 0 && time.Until(at) > time.Duration(max-5)*time.Second && time.Until(at) < time.Duration(max+5)*time.Second {
			all["expires_in"] = max
		}
	}
	return all
}

func maxAge(control []string) int {
	for _, part := range control {
		if text, ok := strings.CutPrefix(part, "max-age="); ok {
			n, err := strconv.Atoi(text)
			if err == nil {
				return n
			}
		}
	}
	return -1
}

// render plays a check that renders.
func (c *Check) render(app *framework.App) (Report, error) {
	got := Report{}
	fill := func(r *web.Request) error {
		switch {
		case r == nil: // of render_to_response there is only the text
			v, err := valueOf(c.renderCall.Value, nil)
			if err == nil {
				got["text"], err = views.RenderOutside(app.Registry(), c.full(), v)
			}
			return err
		case c.Call == "render":
			var err error
			got["text"], err = c.text(r)
			return err
		}
		resp, err := c.response(r)
		if err != nil {
			return err
		}
		if c.Onto != nil {
			if err := c.Onto.do(resp); err != nil {
				return err
			}
		}
		all, err := renderedOf(resp, c.Expect)
		all["status"] = resp.Status()
		got = all
		return err
	}
	var err error
	if c.Request == nil {
		err = fill(nil)
	} else {
		p := &play{during: func(r *web.Request) { err = fill(r) }}
		hr, failed := c.Request.request(p)
		if failed != nil {
			return nil, failed
		}
		_, _ = app.Do(hr)
	}
	if err != nil {
		if is[*json.UnsupportedTypeError](err) {
			return Report{"error": "TypeError"}, nil
		}
		if strings.Contains(err.Error(), "no renderer") {
			return Report{"error": "ValueError"}, nil
		}
		if name := errorName(err); name != "" {
			return Report{"error": name}, nil
		}
		return nil, err
	}
	if s, ok := got["text"].(string); ok {
		got["body"], got["status"] = s, 200
		var v any
		if json.Unmarshal([]byte(s), &v) == nil {
			got["json"] = v
		}
	}
	return got, nil
}
