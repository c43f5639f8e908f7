package acl_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/acl"
)

func TestParseTable(t *testing.T) {
	t.Parallel()
	table, err := acl.ParseTable("# of the whole site\r\n" +
		"/ # the root\r\n" +
		"allow system.Everyone view\r\n" +
		"\r\n" +
		"  /private%20files\t# the staff's\n" +
		"\tallow group:staff view\n" +
		"  deny system.Everyone *\n" +
		"/empty\n")
	require.NoError(t, err)
	assert.Equal(t, acl.Table{
		"/":                {acl.Allow(acl.Everyone, "view")},
		"/private%20files": {acl.Allow("group:staff", "view"), acl.DenyAll},
		"/empty":           {},
	}, table)
	assert.Equal(t, `/
  allow system.Everyone view

/empty

/private%20files
  allow group:staff view
  deny system.Everyone *
`, table.String())
	table, err = acl.ParseTable(" \n# nothing")
	require.NoError(t, err)
	assert.Empty(t, table)
}

func TestParseTableErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"allow alice view":                     "line 1: expected a path such as /wiki before the first entry",
		"/a\nallow alice view\n\n/a":           "line 4: /a has a list already, in line 1",
		"/a/\nallow alice view":                "line 1: invalid path /a/: want /a",
		"/a/../b":                              "line 1: invalid path /a/../b: want /b",
		"/a b":                                 `line 1: expected the end of the line after the path /a, got "b" (write a blank in a path as %20)`,
		"/caf\u00e9":                           "line 1: invalid path /caf\u00e9: want /caf%C3%A9",
		"/a\nalow alice view\n/b\nallow alice": "line 2: expected allow or deny, got \"alow\" (want, for example: allow group:editors edit,view)\nline 4: expected a permission at the end of the line",
		"a\n":                                  `line 1: expected allow or deny, got "a" (want, for example: allow group:editors edit,view)`,
	} {
		table, err := acl.ParseTable(text)
		assert.EqualError(t, err, want, text)
		assert.Nil(t, table)
	}
	_, err := acl.ParseTable("/%zz")
	var e *acl.ParseError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, 1, e.Line)
}

func TestTableInJSON(t *testing.T) {
	t.Parallel()
	var config struct{ Access acl.Table }
	require.NoError(t, json.Unmarshal([]byte(`{"Access": "/a\nallow alice view"}`), &config))
	assert.Equal(t, acl.Table{"/a": {acl.Allow("alice", "view")}}, config.Access)
	text, err := json.Marshal(config)
	require.NoError(t, err)
	assert.JSONEq(t, `{"Access": "/a\n  allow alice view\n"}`, string(text))
	require.Error(t, json.Unmarshal([]byte(`{"Access": "alice"}`), &config))
	_, err = acl.Table{"a": nil}.MarshalText()
	assert.EqualError(t, err, "acl: invalid path a: want /a")
	_, err = acl.Table{"/a": {acl.Entry{}}}.MarshalText()
	assert.EqualError(t, err, `acl: entry 1 (deny "" "") has an empty principal or permission, in the list of /a`)
}

// FuzzParseTable checks that what ParseTable accepts prints as a text with the same meaning.
func FuzzParseTable(f *testing.F) {
	f.Add("/\nallow system.Everyone view\n\n/private\n  allow group:staff view # who\n  deny system.Everyone *")
	f.Add("/a%2Fb\t#x\r\nallow \"/\" /")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := acl.ParseTable(text)
		if err != nil {
			if table != nil {
				t.Errorf("a table beside the error %v", err)
			}
			return
		}
		printed, err := table.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		again, err := acl.ParseTable(string(printed))
		if err != nil || !assert.ObjectsAreEqual(table, again) {
			t.Errorf("%q was read as %v, printed as %q, which was read as %v (%v)", text, table, printed, again, err)
		}
	})
}
