#!/usr/bin/env bash
# encoding/csv of Go 1.26.8; npm: csv-stringify 6.9.0, csv-parse 7.0.3, papaparse 5.7.1
#
# A table with one column and an empty cell in the middle: four lines. All three writers write the empty
# cell as a blank line, without quotes. What comes back differs: Go's reader skips blank lines, so a list
# that Go wrote itself comes back with three lines and no error. csv-parse and papaparse return four,
# until papaparse is told to skip empty lines, as its users are often advised, and then three. A writer
# whose table may have a single column therefore writes "" for an empty cell that is alone.
#
# Seen:
#   go: "note\nfirst\n\nthird\n" 3
#   csv: "note\nfirst\n\nthird\n" 4
#   papaparse: "note\r\nfirst\r\n\r\nthird" 4 3
#   go, with quotes: 4
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >go.mod <<'MOD'
module example.com/csvline

go 1.26
MOD
cat >main.go <<'GO'
package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
)

func main() {
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll([][]string{{"note"}, {"first"}, {""}, {"third"}}); err != nil {
		panic(err)
	}
	text := b.String()
	lines, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		panic(err)
	}
	fmt.Printf("go: %q %d\n", text, len(lines))
	lines, err = csv.NewReader(strings.NewReader("note\nfirst\n\"\"\nthird\n")).ReadAll()
	if err != nil {
		panic(err)
	}
	fmt.Println("go, with quotes:", len(lines))
}
GO
GOTOOLCHAIN=go1.26.8 go run . >seen-go

npm init -y >/dev/null
npm install --silent --no-audit --no-fund csv-stringify@6.9.0 csv-parse@7.0.3 papaparse@5.7.1 >/dev/null
cat >main.mjs <<'JS'
import { stringify } from "csv-stringify/sync";
import { parse } from "csv-parse/sync";
import Papa from "papaparse";

const table = [["note"], ["first"], [""], ["third"]];
const text = stringify(table);
console.log("csv:", JSON.stringify(text), parse(text).length);
const other = Papa.unparse(table);
console.log("papaparse:", JSON.stringify(other), Papa.parse(other).data.length, Papa.parse(other, { skipEmptyLines: true }).data.length);
JS
node main.mjs >seen-node

cat seen-go seen-node
cat >wanted <<'TEXT'
csv: "note\nfirst\n\nthird\n" 4
go, with quotes: 4
go: "note\nfirst\n\nthird\n" 3
papaparse: "note\r\nfirst\r\n\r\nthird" 4 3
TEXT
LC_ALL=C sort seen-go seen-node | diff wanted - && echo "as described"
