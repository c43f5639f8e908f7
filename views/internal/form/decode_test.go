package form_test

import (
	"errors"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

// wrongs is an error that lists mistakes.
type wrongs []form.Mistake

func (wrongs) Error() string { return "wrong" }

func listed(err error) ([]form.Mistake, bool) {
	found, ok := errors.AsType[wrongs](err)
	return found, ok
}

// booking finds everything wrong.
type booking struct {
	From  int `form:"from"`
	To    int `form:"to"`
	Seats []struct {
		Row  int
		Tags []int
	}
	Fails error `form:"-" json:"-"`
}

func (b *booking) Validate() error {
	if b.Fails != nil {
		return b.Fails
	}
	if b.From == 7 {
		return web.Conflict("taken")
	}
	if b.From == 8 {
		return errors.New("eight is too much")
	}
	all := wrongs{{Name: "from", Text: "V"}, {Name: "to", Text: "V"}, {Name: "seats", Text: "V"}, {Text: "V"}}
	for i, s := range b.Seats {
		at := "seats." + string(rune('0'+i))
		all = append(all, form.Mistake{Name: at + ".row", Text: "V"}, form.Mistake{Name: at, Text: "V"})
		for j := range s.Tags {
			all = append(all, form.Mistake{Name: at + ".tags." + string(rune('0'+j)), Text: "V"})
		}
	}
	return all
}

// rules finds one thing wrong.
type rules struct{ err error }

func (r rules) Prepare(reflect.Type) (func(any) error, error) {
	return func(input any) error {
		if input.(*booking).To == 5 {
			return wrongs{{Name: "to", Text: "R"}}
		}
		return r.err
	}, nil
}

func decode(t *testing.T, v form.Validator, contentType, body string) ([]form.Mistake, error) {
	t.Helper()
	f := formOf[booking](t)
	app := &web.Application{}
	if v != nil {
		cfg := registry.New(registry.Options{})
		cfg.Declare(registry.Declaration{Category: "x", ID: 1, Run: func(_ *registry.Config, reg *registry.Registry) error {
			form.RulesOf(reg).Validator = v
			return f.Prepare(reg)
		}})
		reg, err := cfg.Build()
		require.NoError(t, err)
		app.Registry = reg
	}
	hr := httptest.NewRequest("POST", "/", strings.NewReader(body))
	hr.Header.Set("Content-Type", contentType)
	return f.Decode(web.Begin(app, hr), new(booking), false, listed)
}

// All mistakes come at once: a step of validation adds those of fields about which nothing is
// known.
func TestDecodeMergesMistakes(t *testing.T) {
	t.Parallel()
	const encoded, json = "application/x-www-form-urlencoded", "application/json"
	for name, tt := range map[string]struct {
		rules       form.Validator
		contentType string
		body        string
		want        []string
	}{
		"Validate alone":            {nil, encoded, "from=1&to=2", []string{"from: V", "to: V", "seats: V", ": V"}},
		"a field did not fit":       {nil, encoded, "from=x&to=2", []string{`from: "x" is not an integer`, "to: V", "seats: V"}},
		"an element did not fit":    {nil, encoded, "seats.0.row=x", []string{`seats.0.row: "x" is not an integer`, "from: V", "to: V", "seats: V", "seats.0: V"}},
		"rules first":               {rules{}, encoded, "from=1&to=5", []string{"to: R", "from: V", "seats: V"}},
		"all three":                 {rules{}, encoded, "from=x&to=5", []string{`from: "x" is not an integer`, "to: R", "seats: V"}},
		"JSON":                      {rules{}, json, `{"from":null,"to":5}`, []string{"from: expected an integer, got null", "to: R", "seats: V"}},
		"nothing to validate":       {rules{}, json, `[]`, []string{": expected an object, got an array"}},
		"a conflict after mistakes": {nil, encoded, "from=7&to=x", []string{`to: "x" is not an integer`}},
		"a text after mistakes":     {nil, encoded, "from=8&to=x", []string{`to: "x" is not an integer`}},
		"sparse":                    {nil, encoded, "seats.3.row=1&seats.7.row=2", []string{"from: V", "to: V", "seats: V", ": V", "seats.3.row: V", "seats.3: V", "seats.7.row: V", "seats.7: V"}},
		"sparse, one did not fit":   {nil, encoded, "seats.3.row=1&seats.7.row=x", []string{`seats.7.row: "x" is not an integer`, "from: V", "to: V", "seats: V", "seats.3.row: V", "seats.3: V", "seats.7: V"}},
		"sparse texts":              {nil, encoded, "seats.3.tags=&seats.3.tags=1&seats.3.tags=2", []string{"from: V", "to: V", "seats: V", ": V", "seats.3.row: V", "seats.3: V", "seats.3.tags.1: V", "seats.3.tags.2: V"}},
		"in another order":          {nil, encoded, "seats.7.row=x&seats.3.row=1", []string{`seats.7.row: "x" is not an integer`, "from: V", "to: V", "seats: V", "seats.3.row: V", "seats.3: V", "seats.7: V"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decode(t, tt.rules, tt.contentType, tt.body)
			require.NoError(t, err)
			assert.Equal(t, tt.want, texts(got))
		})
	}
}

func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	const encoded = "application/x-www-form-urlencoded"
	_, err := decode(t, nil, encoded, "from=8")
	var invalid *form.Invalid
	require.ErrorAs(t, err, &invalid)
	assert.EqualError(t, err, "eight is too much")
	_, err = decode(t, nil, encoded, "from=7")
	status, _ := web.StatusOf(err)
	assert.Equal(t, 409, status)
	_, err = decode(t, rules{errors.New("broken")}, encoded, "from=x")
	assert.EqualError(t, err, "broken", "of the rules, not of the input")
}
