package mediatype_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/internal/mediatype"
)

func TestRange(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"text/html": "text/html", " Image/PNG ": "image/png", "Text/*": "text/*",
		"": "", "html": "", "text/": "", "text/{x}": "", "text/html;level=1": "", "te xt/*": "",
	} {
		got, err := mediatype.Range(text)
		if want == "" {
			assert.EqualError(t, err, `want a media type such as "application/json" or "image/*"`, text)
			continue
		}
		assert.NoError(t, err, text)
		assert.Equal(t, want, got)
	}
}

func TestOffer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Text/HTML":                     "text/html",
		"text/html ; Level = 1":         "text/html;level=1",
		"text/html ; Level=1;a=\"b;C\"": "text/html;level=1;a=\"b;C\"",
		"text/html;b=2;a=1":             "text/html;b=2;a=1",
		"html":                          "", "": "", "text/*": "", "*/*": "", "text/html;q=0.5": "", "text/{x}": "",
	} {
		got, err := mediatype.Offer(text)
		if want == "" {
			assert.Error(t, err, text)
			assert.Equal(t, text, got, "as it was, for the text of the error")
			continue
		}
		assert.NoError(t, err, text)
		assert.Equal(t, want, got)
		again, err := mediatype.Offer(got)
		assert.NoError(t, err)
		assert.Equal(t, got, again)
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	list := []string{"text/html", "text/plain", "text/plain;b", "application/json"}
	for name, tt := range map[string]struct{ offers, want []string }{
		"by the list":      {[]string{"application/json", "text/plain", "text/html"}, []string{"text/html", "text/plain", "application/json"}},
		"unknown":          {[]string{"application/json", "image/png"}, []string{"image/png", "application/json"}},
		"unknown, of many": {[]string{"image/png", "image/gif", "image/webp", "application/json"}, []string{"application/json", "image/png", "image/gif", "image/webp"}},
		"parameters first": {[]string{"text/plain", "text/plain;a"}, []string{"text/plain;a", "text/plain"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := slices.Clone(tt.offers)
			mediatype.Sort(got, list)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestRival(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ offer, other, want, wrong string }{
		{"text/html", "Text/Plain", "text/plain", ""},
		{"text/html;a=1", "text/html;a=2", "text/html;a=2", ""},
		{"text/html", "html", "html", `want a media type`},
		{"text/html", "text/html;a=1", "text/html;a=1", "one has parameters and the other has none"},
		{"text/html;a=1", "text/plain;a=1", "text/plain;a=1", "within one type only"},
	} {
		got, err := mediatype.Rival(tt.offer, tt.other)
		assert.Equal(t, tt.want, got, "%s and %s", tt.offer, tt.other)
		if tt.wrong == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, tt.wrong)
		}
	}
}

func TestIn(t *testing.T) {
	t.Parallel()
	ranges := []string{"application/json", "image/*"}
	for have, want := range map[string]bool{
		"application/json": true, "image/png": true, "image/*": true,
		"text/plain": false, "application/jsonp": false, "images/png": false, "": false,
	} {
		assert.Equal(t, want, mediatype.In(ranges, have), have)
	}
}
