package markdown

import (
	"bytes"
	"strings"
)

// Hostile Markdown can take minutes or gigabytes to render, and a renderer cannot be stopped once
// it has started. Few people wrote every README in the directory that they publish, so the cost is
// estimated first, in steps of about 5 ns, from everything that grows faster than the text:
//
//   - emphasis, links and quotations: the square of their signs in a block, that is, between two
//     blank lines;
//   - link targets: the longest word times the links in a block;
//   - nested lists, quotations and footnotes: the square of those that a line opens, and for each
//     line the number that may be open, which costs most on an empty line;
//   - tables: the columns of the widest row times the rows;
//   - references: the longest definition times the places that may refer to it.
//
// For 256 KiB of "_a*" the estimate is 3e10, and the renderer takes two minutes. Real documents
// stay far below costLimit.
const (
	costLimit = 5e7
	cellCost  = 300
	openCost  = 20
	emptyCost = 200
)

// isCostly reports whether Markdown is too expensive to render.
func isCostly(source []byte) bool {
	var cost, brackets, longest, open int                               // of the document
	var signs, opened, word, longestWord, rows, columns, definition int // of the current block
	var begun bool                                                      // whether a block has begun
	endOfBlock := func() {
		cost += signs*signs + opened*longestWord*4 + rows*columns*cellCost
		brackets += opened
		signs, opened, word, longestWord, rows, columns, definition = 0, 0, 0, 0, 0, 0, 0
		begun = false
	}
	for line := range bytes.Lines(source) {
		if len(bytes.TrimSpace(line)) == 0 {
			endOfBlock()
			cost += open * emptyCost
			continue
		}
		opens, indent := nesting(line)
		if !begun { // a new block closes all lists that its indentation does not continue
			open, begun = 0, true
		}
		open = max(open, opens+indent/2)
		cost += opens*opens + open*openCost
		bars := 0
		for _, c := range line {
			if word++; c == ' ' || c == '\t' || c == '\n' || c == '\r' {
				word = 0
			}
			longestWord = max(longestWord, word)
			switch c {
			case '*', '_', '~', '>':
				signs++
			case '[':
				signs++
				opened++
			case '|':
				bars++
			}
		}
		rows++
		if columns = max(columns, bars); columns == 0 {
			rows = 0 // no table yet
		}
		switch {
		case bytes.Contains(line, []byte("]:")):
			definition = len(line)
		case definition > 0:
			definition += len(line)
		}
		longest = max(longest, definition)
	}
	endOfBlock()
	return cost+longest*brackets/2 > costLimit
}

// nesting returns how many lists, quotations and footnotes may begin on a line, and its
// indentation.
func nesting(line []byte) (opens, indent int) {
	for rest := line; len(rest) > 0; {
		switch rest[0] {
		case ' ':
			indent++
			rest = rest[1:]
		case '\t':
			indent += 4
			rest = rest[1:]
		default:
			n := opener(rest)
			if n == 0 {
				return opens, indent
			}
			opens++
			rest = rest[n:]
		}
	}
	return opens, indent
}

// opener returns the length of the marker at the start of text that begins a quotation (>), a
// footnote ([^1]:) or a list item (-, +, *, 1. or 1)); 0 if there is none.
func opener(text []byte) int {
	switch text[0] {
	case '>':
		return 1
	case '[':
		if end := bytes.Index(text, []byte("]:")); end >= 2 && text[1] == '^' {
			return end + 2
		}
		return 0
	}
	digits := len(text) - len(bytes.TrimLeft(text, "0123456789"))
	signs := "-+*"
	if digits > 0 {
		signs = ".)"
	}
	if len(text) < digits+2 || strings.IndexByte(signs, text[digits]) < 0 || strings.IndexByte(" \t\r\n", text[digits+1]) < 0 {
		return 0
	}
	return digits + 1
}
