package views_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// order is an input of a usual size.
type order struct {
	Customer string      `json:"customer"`
	Note     *string     `json:"note"`
	Due      time.Time   `json:"due"`
	Tags     []string    `json:"tags"`
	Items    []orderItem `json:"items"`
}

type orderItem struct {
	Name   string  `json:"name"`
	Price  float64 `json:"price"`
	Amount int     `json:"amount"`
}

// BenchmarkOnInput measures the decoding of inputs.
func BenchmarkOnInput(b *testing.B) {
	reg := build(b, func(c *registry.Config) {
		views.Add(c, views.OnInput(func(r *web.Request, _ *page, in order) (*web.Response, error) { return r.Response(), nil }))
	})
	orderOf := func(items int) string {
		return `{"customer": "Ann", "note": "soon", "due": "2026-01-31T15:04:05Z", "tags": ["a", "b"], "items": [` +
			strings.TrimSuffix(strings.Repeat(`{"name": "stone", "price": 12.5, "amount": 300},`, items), ",") + `]}`
	}
	for name, tt := range map[string]struct{ contentType, body string }{
		"json/items=1":    {"application/json", orderOf(1)},
		"json/items=100":  {"application/json", orderOf(100)},
		"json/items=1000": {"application/json", orderOf(1000)},
		"form":            {"application/x-www-form-urlencoded", "customer=Ann&note=soon&due=2026-01-31T15:04:05Z&tags=a&tags=b"},
	} {
		b.Run(name, func(b *testing.B) {
			table := views.TableOf(reg)
			b.ReportAllocs()
			for b.Loop() {
				hr := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(tt.body))
				hr.Header.Set("Content-Type", tt.contentType)
				if _, err := table.Call(request(reg, nil, &page{}, "", hr)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
