package forms_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// discardsKey has the names of the files that were discarded.
var discardsKey = web.NewKey[*[]string]("discards", nil)

// bomb is a file that panics: "receive" while it arrives, "discard" when it is discarded.
type bomb struct{ name string }

var (
	_ forms.Receiver  = (*bomb)(nil)
	_ forms.Discarder = (*bomb)(nil)
)

func (b *bomb) ReceiveFile(_ *web.Request, name, _ string, _ io.Reader) error {
	if b.name = name; name == "receive" {
		panic("while the file arrives")
	}
	return nil
}

func (b *bomb) DiscardFile(r *web.Request) {
	all, _ := discardsKey.Get(r)
	if *all = append(*all, b.name); b.name == "discard" {
		panic("while the file is discarded")
	}
}

// Each file that was received is discarded once, the last one first, whatever panics.
func TestPanicsOfReceivers(t *testing.T) {
	t.Parallel()
	type input struct {
		Files []bomb `form:"files" upload:"max=1KB"`
		Stars int    `form:"stars"`
	}
	for name, tt := range map[string]struct {
		parts  []part
		status int
		want   []string
	}{
		"receive":        {[]part{{"files", "a", "x"}, {"files", "b", "x"}, {"files", "receive", "x"}}, 500, []string{"b", "a"}},
		"discard":        {[]part{{"files", "a", "x"}, {"files", "discard", "x"}, {"files", "b", "x"}, {"stars", "", "x"}}, 500, []string{"b", "discard", "a"}},
		"discard, first": {[]part{{"files", "discard", "x"}, {"files", "discard", "x"}, {"stars", "", "x"}}, 500, []string{"discard", "discard"}},
		"both":           {[]part{{"files", "a", "x"}, {"files", "discard", "x"}, {"files", "receive", "x"}}, 500, []string{"discard", "a"}},
		"neither":        {[]part{{"files", "a", "x"}}, 200, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var discarded []string
			config := framework.New(framework.Options{
				Logger: new(frameworktest.Log).Logger(),
				Root: func(r *web.Request) (traversal.Resource, error) {
					discardsKey.Set(r, &discarded)
					return &Article{}, nil
				},
			})
			config.AddView(views.OnInput(func(r *web.Request, _ any, in input) (*web.Response, error) {
				return r.Text(in.Files[0].name), nil
			}), views.Name("edit"))
			app, err := config.App()
			require.NoError(t, err)
			assert.Equal(t, tt.status, sendParts(t, app, "text/html", tt.parts...).Code)
			assert.Equal(t, tt.want, discarded)
		})
	}
}
