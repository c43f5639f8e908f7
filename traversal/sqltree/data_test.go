package sqltree_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// Raw has JSON of any form in its data.
type Raw struct {
	sqltree.Item
	JSON json.RawMessage `json:"json"`
}

// TestData: what one database refuses is refused on both, and the rest is stored on both.
func TestData(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.Kinds = append(o.Kinds, sqltree.Kind[*Raw]("raw"))
			tree := newTree(t, open(t), o)
			for data, why := range map[string]string{
				`"a\u0000b"`:                 "NUL",
				`"\\\u0000"`:                 "NUL",
				`{"\u0000": 1}`:              "NUL",
				`"\ud800"`:                   "surrogate",
				`"\ud800\u0041"`:             "surrogate",
				`"\udc00\ud800"`:             "surrogate",
				"\"\xff\"":                   "UTF-8",
				`1e200000`:                   "digits",
				`[-1E-99999999999999999999]`: "digits",
				strings.Repeat("1", 20_000):  "digits",
				strings.Repeat("[", 950) + strings.Repeat("]", 950): "levels",
			} {
				err := tree.Create(t.Context(), root(t, tree), "bad", &Raw{JSON: json.RawMessage(data)})
				refused, ok := errors.AsType[*sqltree.DataError](err)
				require.True(t, ok, "%.50s: %v", data, err)
				assert.ErrorContains(t, err, why)
				assert.Equal(t, http.StatusUnprocessableEntity, refused.Status())
			}
			for i, data := range []string{
				`"a\\u0000b"`, `"\ud83d\ude00"`, `"\"\u0041\\"`, `[1.5, -2e300, 0, {"a": "]"}]`, `"\u007f\b"`,
				strings.Repeat("[", 880) + strings.Repeat("]", 880), strings.Repeat("1", 9_000), `null`,
			} {
				name := string(rune('a' + i))
				require.NoError(t, tree.Create(t.Context(), root(t, tree), name, &Raw{JSON: json.RawMessage(data)}), "%.50s", data)
				got := at[*Raw](t, tree, "/"+name).JSON
				if len(data) < 100 {
					assert.JSONEq(t, data, string(got))
				}
			}
			page := &Page{Text: "good"}
			require.NoError(t, tree.Create(t.Context(), root(t, tree), "page", page))
			page.Text = "\x00"
			_, ok := errors.AsType[*sqltree.DataError](tree.Update(t.Context(), page))
			require.True(t, ok)
			for _, principal := range []string{"a\x00", "a\xff", "a\nb"} { // quoted in the text of a list
				page := at[*Page](t, tree, "/page")
				list := acl.List{acl.Allow(principal, "view")}
				require.NoError(t, tree.SetACL(t.Context(), page, list), "%q", principal)
				got, err := at[*Page](t, tree, "/page").ACL(t.Context())
				require.NoError(t, err)
				assert.Equal(t, list, got)
			}
			page = at[*Page](t, tree, "/page")
			page.Text = "\xff is replaced, as encoding/json does"
			require.NoError(t, tree.Update(sqltree.WithActor(t.Context(), "an\x00na\xff"+strings.Repeat("x", 2000)), page))
			assert.Equal(t, "an na", newest(t, tree).Actor[:5])
		})
	}
}

// TestNames: both databases accept and refuse the same names.
func TestNames(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		top := root(t, tree)
		for _, name := range []string{"", ".", "..", "@@edit", "a\x00b", "a\xffb"} {
			err := tree.Create(t.Context(), top, name, &Folder{})
			_, ok := errors.AsType[*sqltree.NameError](err)
			require.True(t, ok, "%q: %v", name, err)
		}
		_, ok := errors.AsType[*sqltree.LimitError](tree.Create(t.Context(), top, strings.Repeat("x", 256), &Folder{}))
		require.True(t, ok)
		good := []string{"a/b", "a\nb\x01\x7f", " ", "caf\u00e9", "cafe\u0301", "A", "a", "%2F", "ß", "\U0001f600", strings.Repeat("ü", 127), "a\\b'\";--"}
		for _, name := range good {
			require.NoError(t, tree.Create(t.Context(), top, name, &Folder{}), "%q", name)
		}
		for _, name := range good {
			n, err := find(t, tree, traversal.Join([]string{name}))
			require.NoError(t, err, "%q", name)
			assert.Equal(t, name, n.Resource().(*Folder).Name())
		}
		descend := top.(traversal.PathContainer).Descend
		for _, name := range []string{"a\x00", "a\xff", ""} {
			found, err := descend(t.Context(), []string{"a", name, "b"})
			require.ErrorIs(t, err, traversal.ErrNotFound, "%q", name)
			assert.Len(t, found, 1)
		}
	})
}

// TestLimitsOfOptions: limits that a database could not keep are refused.
func TestLimitsOfOptions(t *testing.T) {
	t.Parallel()
	db := databases["sqlite"](t)
	for _, change := range []func(*sqltree.Options){
		func(o *sqltree.Options) { o.MaxName = 2001 },
		func(o *sqltree.Options) { o.MaxData = 65 << 20 },
		func(o *sqltree.Options) { o.MaxDepth = 501 },
		func(o *sqltree.Options) { o.CacheAge = -time.Second },
	} {
		o := options()
		change(&o)
		_, err := sqltree.New(t.Context(), db, o)
		require.ErrorContains(t, err, "sqltree.Options.")
	}
}

// TestLongestNames: names of the greatest length fit into the indexes, and data of the greatest size
// into a row, with a large access list.
func TestLongestNames(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.MaxName = 2000
			tree := newTree(t, open(t), o)
			var long strings.Builder
			for long.Len() <= 2000-36 { // does not compress
				long.WriteString(uuid.NewString())
			}
			page := &Page{Text: strings.Repeat("many words ", 300_000)}
			require.NoError(t, tree.Create(t.Context(), root(t, tree), long.String(), page))
			var list acl.List
			for range 20_000 {
				list = append(list, acl.Allow(uuid.NewString(), "view"))
			}
			require.NoError(t, tree.SetACL(t.Context(), page, list))
			found := at[*Page](t, tree, "/"+long.String())
			assert.Equal(t, page.Text, found.Text)
			got, err := found.ACL(t.Context())
			require.NoError(t, err)
			assert.Len(t, got, len(list))
		})
	}
}

// TestDeepestTree: the deepest tree that Options allow can be walked, copied and deleted.
func TestDeepestTree(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.MaxDepth = 500
			tree := newTree(t, open(t), o)
			db := tree.Database()
			tx, err := db.Begin(t.Context(), false)
			require.NoError(t, err)
			parent, names := idOf(root(t, tree)), make([]string, 500)
			for i := range names {
				id := uuid.Must(uuid.NewV7())
				names[i] = "d"
				_, err := tx.ExecContext(t.Context(), db.Dialect().Bind(`INSERT INTO tree_node (id, parent, name, kind, data, version, created, modified, ord)
					VALUES ($1, $2, 'd', 'folder', '{}', 1, 0, 0, 0)`), db.Dialect().ID(id), db.Dialect().ID(parent))
				require.NoError(t, err)
				parent = id
			}
			require.NoError(t, tx.Commit())
			last := at[*Folder](t, tree, traversal.Join(names))
			assert.Equal(t, parent, last.ID())
			_, ok := errors.AsType[*sqltree.LimitError](tree.Create(t.Context(), last, "d", &Folder{}))
			assert.True(t, ok)
			top := at[*Folder](t, tree, "/d")
			_, err = tree.Copy(t.Context(), top, root(t, tree), "copy")
			require.NoError(t, err)
			require.NoError(t, tree.Delete(t.Context(), top, sqltree.DeleteOptions{}))
			require.NoError(t, tree.Undo(t.Context(), newest(t, tree).Seq))
			at[*Folder](t, tree, traversal.Join(names))
			invariants(t, tree)
		})
	}
}

// TestMigrations: a tree of any earlier version of the schema is brought up to date, with its nodes.
func TestMigrations(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for version := range open(t).Dialect().Steps() {
				db := open(t)
				d := db.Dialect()
				exec := func(statement string, args ...any) {
					_, err := db.Writer().ExecContext(t.Context(), d.Bind(statement), args...)
					require.NoError(t, err)
				}
				exec(`CREATE TABLE tree_schema (version bigint NOT NULL)`)
				for i := range version + 1 {
					exec(d.Steps()[i])
					exec(`INSERT INTO tree_schema (version) VALUES ($1)`, i+1)
				}
				top, page := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
				insert := `INSERT INTO tree_node (id, parent, name, kind, data, version, created, modified, ord) VALUES ($1, $2, $3, $4, $5, 7, 0, 0, 0)`
				exec(insert, d.ID(top), nil, "", "site", `{}`)
				exec(insert, d.ID(page), d.ID(top), "page", "page", `{"text": "old"}`)

				tree := newTree(t, db, options())
				found := at[*Page](t, tree, "/page")
				assert.Equal(t, "old", found.Text)
				assert.EqualValues(t, 7, found.Version())
				found.Text = "new"
				require.NoError(t, tree.Update(t.Context(), found))
				assert.Equal(t, []string{"/page"}, search(t, tree, "new", sqltree.SearchOptions{}))
				require.NoError(t, tree.Undo(t.Context(), newest(t, tree).Seq))
			}
		})
	}
}
