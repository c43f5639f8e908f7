package acl_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/acl"
)

func TestParse(t *testing.T) {
	t.Parallel()
	list, err := acl.Parse("# who may do what\r\n" +
		"\r\n" +
		"  allow\tgroup:editors edit , view\r\n" +
		`allow "Alice Smith" "say \"hi\"",x#y # the boss` + "\n" +
		"deny system.Everyone *# no comment without a blank\n" +
		`allow "#1" réviser`)
	require.Error(t, err)
	assert.Nil(t, list)
	list, err = acl.Parse("# who may do what\r\n" +
		"\r\n" +
		"  allow\tgroup:editors edit , view\r\n" +
		`allow "Alice Smith" "say \"hi\"",x#y # the boss` + "\n" +
		"deny system.Everyone *          # nobody else\n" +
		`allow "#1" réviser`)
	require.NoError(t, err)
	assert.Equal(t, acl.List{
		acl.Allow("group:editors", "edit", "view"),
		acl.Allow("Alice Smith", `say "hi"`, "x#y"),
		acl.DenyAll,
		acl.Allow("#1", "réviser"),
	}, list)
	assert.Equal(t, "allow group:editors edit,view\n"+
		`allow "Alice Smith" "say \"hi\"",x#y`+"\n"+
		"deny system.Everyone *\n"+
		`allow "#1" réviser`, list.String())

	list, err = acl.Parse("\n \t# nothing\n")
	require.NoError(t, err)
	assert.Empty(t, list)
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"alow alice view":          `expected allow or deny, got "alow" (want, for example: allow group:editors edit,view)`,
		"Allow alice view":         `expected allow or deny, got "Allow" (want, for example: allow group:editors edit,view)`,
		"allow":                    `expected a principal at the end of the line`,
		"allow # alice view":       `expected a principal at the end of the line`,
		"allow alice":              `expected a permission at the end of the line`,
		"allow alice view,":        `expected a permission at the end of the line`,
		"allow alice view,,edit":   `expected a permission before ",edit"`,
		"allow alice ,view":        `expected a permission before ",view"`,
		"allow alice view edit":    `expected a comma or the end of the line before "edit"`,
		"allow alice, bob view":    `expected a permission before ", bob view"`,
		`allow "alice view`:        `expected a principal, got an invalid quoted string "\"alice view"`,
		`allow "" view`:            `expected a principal, got an empty one, which would match nothing`,
		`allow alice ""`:           `expected a permission, got an empty one, which would match nothing`,
		`allow "alice"view edit`:   `a principal ends before "view edit": write a name with such characters as a Go string`,
		`allow al"ice view`:        `a principal ends before "\"ice view": write a name with such characters as a Go string`,
		"allow al\x00ice view":     `a principal ends before "\x00ice view": write a name with such characters as a Go string`,
		"allow alice v\xff":        `a permission ends before "\xff": write a name with such characters as a Go string`,
		"allow \u00a0alice view":   `expected a principal before "\u00a0alice view"`,
		"allow alice view\u2028":   `a permission ends before "\u2028": write a name with such characters as a Go string`,
		"\"allow\" alice view\vx ": `a permission ends before "\vx ": write a name with such characters as a Go string`,
	} {
		list, err := acl.Parse("allow alice view\n\n" + text + "\nallow bob view")
		assert.EqualError(t, err, "line 3: "+want, text)
		assert.Nil(t, list)
	}
	_, err := acl.Parse("alow alice view\nallow alice")
	assert.EqualError(t, err, "line 1: expected allow or deny, got \"alow\" (want, for example: allow group:editors edit,view)\n"+
		"line 2: expected a permission at the end of the line")
	var e *acl.ParseError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, 1, e.Line)
}

func TestTextInJSON(t *testing.T) {
	t.Parallel()
	var config struct{ List acl.List }
	require.NoError(t, json.Unmarshal([]byte(`{"List": "allow alice view\ndeny system.Everyone *"}`), &config))
	assert.Equal(t, acl.List{acl.Allow("alice", "view"), acl.DenyAll}, config.List)
	text, err := json.Marshal(config)
	require.NoError(t, err)
	assert.JSONEq(t, `{"List": "allow alice view\ndeny system.Everyone *"}`, string(text))
	require.ErrorContains(t, json.Unmarshal([]byte(`{"List": "alice"}`), &config), "line 1: ")

	for _, e := range []acl.Entry{{}, acl.Allow("", "view"), acl.Allow("alice"), acl.Allow("alice", "")} {
		_, err := acl.List{acl.DenyAll, e}.MarshalText()
		assert.EqualError(t, err, "acl: entry 2 ("+e.String()+") has an empty principal or permission")
	}
}

// FuzzParse checks that what Parse accepts prints as a text with the same meaning.
func FuzzParse(f *testing.F) {
	f.Add("allow group:editors edit,view\ndeny system.Everyone * # nobody else")
	f.Add(`allow "Alice Smith" "a,b"` + "\r\n" + `deny "\xff" "#"`)
	f.Add("allow a b ,c,\"\"")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := acl.Parse(text)
		if err != nil {
			if list != nil {
				t.Errorf("a list beside the error %v", err)
			}
			return
		}
		printed, err := list.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		again, err := acl.Parse(string(printed))
		if err != nil || !assert.ObjectsAreEqual(list, again) {
			t.Errorf("%q was read as %v, printed as %q, which was read as %v (%v)", text, list, printed, again, err)
		}
		if lines := strings.Count(string(printed), "\n"); len(list) > 0 && lines != len(list)-1 {
			t.Errorf("%d entries in %d lines: %q", len(list), lines+1, printed)
		}
	})
}

// FuzzEntry checks that every name survives printing and parsing.
func FuzzEntry(f *testing.F) {
	f.Add("alice", "view", "edit")
	f.Add("Alice \"Al\" Smith", "#", "\ufffd")
	f.Add("\xff", ",", "\u200b")
	f.Fuzz(func(t *testing.T, principal, first, second string) {
		e := acl.Allow(principal, first, second)
		if principal == "" || first == "" || second == "" {
			if _, err := (acl.List{e}).MarshalText(); err == nil {
				t.Errorf("%v has an empty name", e)
			}
			return
		}
		list, err := acl.Parse(e.String())
		if err != nil || !assert.ObjectsAreEqual(acl.List{e}, list) {
			t.Errorf("%v was read as %v (%v)", e, list, err)
		}
	})
}
