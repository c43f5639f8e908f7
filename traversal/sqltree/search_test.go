package sqltree_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// SearchText makes pages searchable: the title is the text before a colon.
func (p *Page) SearchText() (string, string) {
	title, _, _ := strings.Cut(p.Text, ":")
	return title, p.Text
}

func search(t *testing.T, tree *sqltree.Tree, query string, o sqltree.SearchOptions) (paths []string) {
	t.Helper()
	hits, err := tree.Search(t.Context(), query, o)
	require.NoError(t, err, "query %q", query)
	for _, h := range hits {
		paths = append(paths, h.Node.Path())
	}
	return paths
}

func TestSearch(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		docs := grow(t, tree, "docs")
		for name, text := range map[string]string{
			"install": "Read docs/setup/install.md first. Then open http://localhost:8080/admin and look at foo-bar.",
			"api":     "The type List<String> has a method size(). Paths such as /path/to/page work.",
			"quotes":  `Über Größe: it's "quoted" text, 100% plain & simple | * \ done.`,
			"other":   "Nothing of interest, but the words first and then, apart.",
		} {
			require.NoError(t, tree.Create(t.Context(), docs, name, &Page{Text: text}))
		}
		for query, want := range map[string][]string{
			"setup":             {"/docs/install"},
			"INSTALL first":     {"/docs/install"},
			"install.md":        {"/docs/install"},
			"foo bar":           {"/docs/install"},
			"foo-bar":           {"/docs/install"},
			"bar-foo":           nil,
			"string":            {"/docs/api"},
			"List<String>":      {"/docs/api"},
			"/path/to/page":     {"/docs/api"},
			"größe":             {"/docs/quotes"},
			"it's":              {"/docs/quotes"},
			`"first then"`:      {"/docs/install"},
			"interes*":          {"/docs/other"},
			"first -install":    {"/docs/other"},
			"-first":            nil,
			"":                  nil,
			`"`:                 nil,
			"* AND OR NOT ( )":  nil,
			"NEAR(first then)":  nil,
			`first' | 'x:* & !`: nil,
			"title:first":       nil,
		} {
			assert.Equal(t, want, search(t, tree, query, sqltree.SearchOptions{}), "query %q", query)
		}
		for name, text := range map[string]string{"a": "none: title title title title", "b": "title: once"} {
			require.NoError(t, tree.Create(t.Context(), docs, name, &Page{Text: text}))
		}
		assert.Equal(t, []string{"/docs/b", "/docs/a"}, search(t, tree, "title", sqltree.SearchOptions{}), "the title counts more")
	})
}

func TestSearchFollowsTheTree(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		docs, trash := grow(t, tree, "docs"), grow(t, tree, "trash")
		page := &Page{Text: "first words"}
		require.NoError(t, tree.Create(t.Context(), docs, "page", page))
		page.Text = "second version"
		require.NoError(t, tree.Update(t.Context(), page))
		assert.Nil(t, search(t, tree, "first", sqltree.SearchOptions{}))
		assert.Equal(t, []string{"/docs/page"}, search(t, tree, "second", sqltree.SearchOptions{}))
		require.NoError(t, tree.Move(t.Context(), docs, trash, "old docs"))
		assert.Equal(t, []string{"/trash/old%20docs/page"}, search(t, tree, "second", sqltree.SearchOptions{}))
		require.NoError(t, tree.Delete(t.Context(), trash, sqltree.DeleteOptions{}))
		assert.Nil(t, search(t, tree, "second", sqltree.SearchOptions{}))
	})
}

func TestSearchShowsOnlyWhatIsPermitted(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		site := root(t, tree)
		require.NoError(t, tree.SetACL(t.Context(), site, acl.List{acl.Allow(acl.Everyone, "view")}))
		open, closed := grow(t, tree, "open"), grow(t, tree, "closed")
		require.NoError(t, tree.Create(t.Context(), open, "page", &Page{Text: "word"}))
		require.NoError(t, tree.Create(t.Context(), closed, "page", &Page{Text: "word"}))
		inner := &Folder{}
		require.NoError(t, tree.Create(t.Context(), closed, "inner", inner))
		require.NoError(t, tree.Create(t.Context(), inner, "page", &Page{Text: "word"}))

		asked := 0
		as := func(own bool, principals ...string) sqltree.SearchOptions {
			return sqltree.SearchOptions{Own: own, Permits: func(ctx context.Context, n traversal.Node) (bool, error) {
				asked++
				d, err := acl.Permits(ctx, nil, n, "view", append(principals, acl.Everyone))
				return d.Allowed, err
			}}
		}
		all := []string{"/closed/inner/page", "/closed/page", "/open/page"}
		sorted := func(o sqltree.SearchOptions) string {
			paths := search(t, tree, "word", o)
			return strings.Join(paths, " ")
		}
		assert.ElementsMatch(t, all, search(t, tree, "word", as(false)))

		require.NoError(t, tree.SetACL(t.Context(), closed, acl.List{acl.Allow("user:a", "view"), acl.DenyAll}))
		for _, own := range []bool{false, true} {
			assert.Equal(t, "/open/page", sorted(as(own)))
			assert.ElementsMatch(t, all, search(t, tree, "word", as(own, "user:a")))
		}
		require.NoError(t, tree.Move(t.Context(), inner, open, "moved"))
		assert.ElementsMatch(t, []string{"/open/page", "/open/moved/page"}, search(t, tree, "word", as(false)))
		require.NoError(t, tree.SetACL(t.Context(), closed, nil))
		assert.Len(t, search(t, tree, "word", as(false)), 3)
		require.NoError(t, tree.SetACL(t.Context(), root(t, tree), acl.List{acl.DenyAll}))
		asked = 0
		assert.Empty(t, sorted(as(false)))
		assert.Equal(t, 2, asked, "the root, as a list and as what nodes without lists inherit")
	})
}

func TestSnippet(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		text := strings.Repeat("lorem ipsum dolor ", 100) + "the <b>needle</b>\nin a haystack " + strings.Repeat("sit amet ", 100)
		require.NoError(t, tree.Create(t.Context(), root(t, tree), "page", &Page{Text: text}))
		hits, err := tree.Search(t.Context(), "Needle haystack", sqltree.SearchOptions{})
		require.NoError(t, err)
		require.Len(t, hits, 1)
		var b strings.Builder
		for _, f := range hits[0].Snippet {
			if f.Match {
				b.WriteString("[" + f.Text + "]")
			} else {
				b.WriteString(f.Text)
			}
		}
		assert.Contains(t, b.String(), "the <b>[needle]</b> in a [haystack] sit amet")
		assert.True(t, strings.HasPrefix(b.String(), "… "))
		assert.True(t, strings.HasSuffix(b.String(), " …"))
	})
}
