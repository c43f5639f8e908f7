#!/usr/bin/env bash
# github.com/yuin/goldmark 1.8.7
#
# parser.WithAutoHeadingID keeps only the ASCII letters and digits of a heading, and turns "_" into
# "-". Headings in other scripts get the ids "heading", "heading-1" and so on. GitHub keeps "_" and
# the letters of any script, so tables of contents written for GitHub lead nowhere in goldmark's
# output.
#
# Seen:
#   <h2 id="my-function">my_function</h2>
#   <h2 id="ber-uns">Über uns</h2>
#   <h2 id="heading">日本語</h2>
#   <h2 id="heading-1">Ελληνικά</h2>
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >go.mod <<'MOD'
module example.com/headings

go 1.26
MOD
cat >main.go <<'GO'
package main

import (
	"os"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"
)

func main() {
	markdown := goldmark.New(goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	text := "## my_function\n## Über uns\n## 日本語\n## Ελληνικά\n"
	if err := markdown.Convert([]byte(text), os.Stdout); err != nil {
		panic(err)
	}
}
GO
GOTOOLCHAIN=go1.26.8 go get github.com/yuin/goldmark@v1.8.7
GOTOOLCHAIN=go1.26.8 go run . | tee seen
diff seen - <<'WANT'
<h2 id="my-function">my_function</h2>
<h2 id="ber-uns">Über uns</h2>
<h2 id="heading">日本語</h2>
<h2 id="heading-1">Ελληνικά</h2>
WANT
