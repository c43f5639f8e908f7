package framework

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/framework/explain"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// offer describes the media type that a view offers, nil if it offers none.
func offer(r *web.Request, info *views.Info) *explain.Offer {
	for _, p := range info.Predicates {
		if p.Kind() != "accept" || p.Negated() {
			continue
		}
		mediaType, err := strconv.Unquote(p.Text())
		if err != nil {
			continue
		}
		return &explain.Offer{Type: mediaType, Quality: r.Accept().Quality(mediaType), Range: rangeFor(r.Header, mediaType), Preference: r.Accept().IsReadable()}
	}
	return nil
}

// rangeFor returns the range of the Accept header that gives an offer its quality, as it is
// written: the most specific one that matches, the first of several; "" if none does.
func rangeFor(h http.Header, mediaType string) string {
	best, found := 0, ""
	for _, written := range split(strings.Join(h["Accept"], ","), ',') {
		written = strings.TrimSpace(written)
		parts := split(written, ';')
		var plain []string // without the quality and what follows it
		for _, part := range parts {
			if name, _, _ := strings.Cut(strings.TrimSpace(part), "="); strings.EqualFold(name, "q") {
				break
			}
			plain = append(plain, part)
		}
		if web.ParseAccept(strings.Join(plain, ";")).Quality(mediaType) == 0 {
			continue
		}
		specific := 3
		switch name := strings.TrimSpace(parts[0]); {
		case name == "*/*":
			specific = 1
		case strings.HasSuffix(name, "/*"):
			specific = 2
		case len(plain) > 1:
			specific = 4
		}
		if specific > best {
			best, found = specific, written
		}
	}
	return found
}

// split splits a header at a separator outside of quotes. It returns at most the first 100 parts,
// as many as count in an Accept header.
func split(text string, separator byte) []string {
	var parts []string
	quoted := false
	start := 0
	for i := 0; i < len(text) && len(parts) < 100; i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case text[i] == separator && !quoted:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	if len(parts) < 100 {
		parts = append(parts, text[start:])
	}
	return parts
}

// noteOffers notes what decided between views that offer media types.
func (x *explainer) noteOffers(p views.Prediction, all []explain.View) {
	chosen := -1
	for i, v := range all {
		if v.Chosen && v.Offer != nil {
			chosen = i
		}
	}
	if chosen < 0 {
		return
	}
	mine := all[chosen].Offer
	for i, v := range all {
		switch same := p.Candidates[i].Info.Resource == p.View.Resource; {
		case i == chosen || v.Offer == nil || p.Candidates[i].Failed != "":
		case !same && v.Offer.Quality > mine.Quality:
			x.notef("the client prefers %s, but %s serves a less specific type: Accept chooses among views of one type", v.Offer.Type, v.View)
		case same && v.Offer.Type != mine.Type && v.Offer.Quality == mine.Quality:
			x.notef("the client prefers neither %s nor %s: the server's order of media types decided (see views.AddAcceptOrder)", mine.Type, v.Offer.Type)
		}
	}
}
