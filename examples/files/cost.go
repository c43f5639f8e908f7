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
//   - tables: the columns of the widest row times the rows;
//   - references: the longest definition times the places that may refer to it.
//
// Of 256 KiB of "_a*" the estimate is 3e10, and the renderer takes two minutes.
// Real documents stay far below costLimit.
const (
	costLimit = 5e7
	cellCost  = 300
)

// isCostly tells whether Markdown is not to be rendered.
func isCostly(source []byte) bool {
	var cost, brackets, longest int                                     // of the whole
	var signs, opened, word, longestWord, rows, columns, definition int // of the block
	endOfBlock := func() {
		cost += signs*signs + opened*longestWord*4 + rows*columns*cellCost
		brackets += opened
		signs, opened, word, longestWord, rows, columns, definition = 0, 0, 0, 0, 0, 0, 0
	}
	for line := range bytes.Lines(source) {
		if len(bytes.TrimSpace(line)) == 0 {
			endOfBlock()
			continue
		}
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
