package puzzles_test

import (
	"bytes"
	"html"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/testapps/puzzles"
)

func TestExplainNamesTheCause(t *testing.T) {
	t.Parallel()
	for _, puzzle := range slices.Concat(puzzles.Routes, puzzles.Tree, puzzles.Views, puzzles.Causes) {
		t.Run(puzzle.Story, func(t *testing.T) {
			t.Parallel()
			app, err := puzzle.App()
			require.NoError(t, err)
			w := httptest.NewRecorder()
			app.ServeHTTP(w, puzzle.NewRequest())
			assert.Equal(t, puzzle.Status, w.Code, "the request does not show the problem")

			e := app.Explain(puzzle.NewRequest())
			text := e.String()
			for _, cause := range puzzle.Cause {
				assert.Contains(t, text, cause)
			}
			if !puzzle.Unforeseen {
				assert.Equal(t, puzzle.Status, e.Outcome.Status)
			}
			var page bytes.Buffer
			require.NoError(t, e.WriteHTML(&page))
			if cause := e.Outcome.Cause; cause != "" {
				assert.Contains(t, html.UnescapeString(page.String()), cause)
			}
		})
	}
}
