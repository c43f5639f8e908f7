package main

import "bytes"

// Markdown can be written so that rendering it takes minutes or gigabytes, and
// nothing can stop a renderer that has begun. Whoever publishes a directory has
// seldom written every README in it, so the work is estimated beforehand, in
// steps of some 5 ns, from what makes it grow faster than the text:
//
//   - emphasis, links and quotations: the square of their signs in a block, that
//     is, between two blank lines;
//   - the targets of links: the longest word times the links in a block;
//   - lists, quotations and footnotes inside each other: the square of those that a line opens,
//     and for each line those that may be open, most of all for an empty one;
//   - tables: the columns of the widest row times the rows;
//   - references: the longest definition times the places that may refer to it.
//
// Of 256 KiB of "_a*" the estimate is 3e10, and the renderer takes two minutes.
// Real documents stay far below costLimit.
const (
	costLimit = 5e7
	cellCost  = 300
	openCost  = 20
	emptyCost = 200
)

// isCostly tells whether Markdown is not to be rendered.
func isCostly(source []byte) bool {
	var cost, brackets, longest, open int                               // of the whole
	var signs, opened, word, longestWord, rows, columns, definition int // of the block
	begun := false                                                      // the block
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
		if !begun {
			open, begun = 0, true // it closes what it is not inside of
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

// nesting returns how many lists, quotations and footnotes may begin with a line,
// and how far it is indented.
func nesting(line []byte) (opens, indent int) {
	for rest := line; len(rest) > 0; {
		switch c := rest[0]; {
		case c == ' ':
			indent++
			rest = rest[1:]
		case c == '\t':
			indent += 4
			rest = rest[1:]
		case c == '>':
			opens++
			rest = rest[1:]
		case c == '[':
			end := bytes.Index(rest, []byte("]:"))
			if end < 2 || rest[1] != '^' {
				return opens, indent
			}
			opens++
			rest = rest[end+2:]
		default:
			bullet := bytes.TrimLeft(rest, "0123456789")
			numbered := len(bullet) < len(rest)
			if len(bullet) < 2 || !bytes.Contains([]byte(" \t\r\n"), bullet[1:2]) ||
				numbered && bullet[0] != '.' && bullet[0] != ')' || !numbered && bullet[0] != '-' && bullet[0] != '+' && bullet[0] != '*' {
				return opens, indent
			}
			opens++
			rest = bullet[1:]
		}
	}
	return opens, indent
}
