package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// command runs a command line and returns its exit status and what it printed.
func command(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	status = run(t.Context(), args, &out, &err)
	return status, out.String(), err.String()
}

func TestMessages(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"go.mod": "module shop\n\ngo 1.26\n", "shop.go": "package shop\n", "pages/page.html": "<h1>{{t \"Hello ${name}\" \"name\" .}}</h1>\n{{t \"Bye\"}}",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	status, stdout, stderr := command(t, "messages", "extract", "--locale", "de")
	assert.Empty(t, stderr)
	assert.Equal(t, "locale/messages.pot: created\nlocale/de/LC_MESSAGES/messages.po: created, 2 to translate\n", stdout)
	assert.Zero(t, status)

	status, stdout, stderr = command(t, "messages", "check", ".")
	assert.Equal(t, "pages/page.html:1: missing: \"Hello ${name}\" has no translation in de (locale/de/LC_MESSAGES/messages.po)\n"+
		"pages/page.html:2: missing: \"Bye\" has no translation in de (locale/de/LC_MESSAGES/messages.po)\n", stdout)
	assert.Empty(t, stderr)
	assert.Equal(t, 1, status)

	name := "locale/de/LC_MESSAGES/messages.po"
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	text = bytes.Replace(text, []byte("${name}\"\nmsgstr \"\""), []byte("${name}\"\nmsgstr \"Hallo ${name}\""), 1)
	text = bytes.Replace(text, []byte("\"Bye\"\nmsgstr \"\""), []byte("\"Bye\"\nmsgstr \"Tschüs\""), 1)
	require.NoError(t, os.WriteFile(name, text, 0o600))
	status, stdout, stderr = command(t, "messages", "check")
	assert.Empty(t, stdout+stderr)
	assert.Zero(t, status)
}

func TestInvalidCommandLines(t *testing.T) {
	for want, args := range map[string][]string{
		"want messages extract or messages check":                 {"messages"},
		`unknown command "messages merge": want extract or check`: {"messages", "merge"},
		"unknown flag: --x":                                            {"messages", "check", "--x"},
		`unknown command "serve" for "mastaba"`:                        {"serve"},
		`invalid locale "": want a name such as de or pt_BR`:           {"messages", "check", "--locale", `""`},
		"no required module provides package example.invalid/not/here": {"messages", "check", "example.invalid/not/here"},
	} {
		status, _, stderr := command(t, args...)
		assert.Contains(t, stderr, want)
		assert.NotZero(t, status, want)
	}
	for _, args := range [][]string{{"messages", "check", "--x"}, {"serve"}, {"messages"}} {
		status, _, _ := command(t, args...)
		assert.Equal(t, 2, status, args)
	}
	status, stdout, _ := command(t)
	assert.Contains(t, stdout, "messages")
	assert.Zero(t, status)
}
