package sqltree

import (
	"strings"
	"unicode/utf8"
)

// Words of a snippet, and how many of them stand before the first match.
const (
	snippetWords = 30
	snippetLead  = 5
)

// word is a word of a text: text[from:to].
type word struct {
	from, to int
	match    int // 1 + the number of what it matches, 0 if it matches nothing
}

// snippet returns the part of a text that has the most different words of a search, with "…" where
// it is cut. Its cost grows with the length of the text times the number of words searched for.
func snippet(text string, terms []Term) []Fragment {
	words := splitWords(text)
	wanted := markMatches(text, words, terms)
	first := bestStart(words, wanted)
	last := min(first+snippetWords, len(words))
	if first == last {
		return nil
	}
	var parts []Fragment
	begin, end := words[first].from, words[last-1].to
	if first > 0 {
		parts = append(parts, Fragment{Text: "… "})
	} else {
		begin = 0
	}
	if last == len(words) {
		end = len(text)
	}
	for _, w := range words[first:last] {
		if w.match == 0 {
			continue
		}
		parts = appendText(parts, text[begin:w.from])
		parts = append(parts, Fragment{Text: text[w.from:w.to], Match: true})
		begin = w.to
	}
	parts = appendText(parts, text[begin:end])
	if last < len(words) {
		parts = append(parts, Fragment{Text: " …"})
	}
	return parts
}

// appendText appends a text in which blanks and line breaks have become single blanks.
func appendText(parts []Fragment, text string) []Fragment {
	if text == "" {
		return parts
	}
	fields := strings.Join(strings.Fields(text), " ")
	if r, _ := utf8.DecodeRuneInString(text); strings.ContainsRune(" \t\r\n", r) {
		fields = " " + fields
	}
	if r, _ := utf8.DecodeLastRuneInString(text); strings.ContainsRune(" \t\r\n", r) && fields != " " {
		fields += " "
	}
	return append(parts, Fragment{Text: fields})
}

func splitWords(text string) []word {
	var words []word
	from := -1
	for i, r := range text {
		switch inside := wordRune(r); {
		case inside && from < 0:
			from = i
		case !inside && from >= 0:
			words = append(words, word{from: from, to: i})
			from = -1
		}
	}
	if from >= 0 {
		words = append(words, word{from: from, to: len(text)})
	}
	return words
}

// markMatches sets which words of a text are searched for, and returns how many different ones
// there are to find.
func markMatches(text string, words []word, terms []Term) int {
	n := 0
	for _, t := range terms {
		if t.Not {
			continue
		}
		for i, sought := range t.Words {
			n++
			prefix := t.Prefix && i == len(t.Words)-1
			for j, w := range words {
				if w.match == 0 && equalWord(text[w.from:w.to], sought, prefix) {
					words[j].match = n
				}
			}
		}
	}
	return n
}

func equalWord(text, sought string, prefix bool) bool {
	if prefix {
		for i := range text {
			if i >= len(sought) && strings.EqualFold(text[:i], sought) {
				return true
			}
		}
	}
	return strings.EqualFold(text, sought)
}

// bestStart returns where the snippet begins: a little before the window of words with the most
// different matches, the first of several.
func bestStart(words []word, wanted int) int {
	counts := make([]int, wanted+1)
	different, most, best := 0, 0, 0
	for i, w := range words {
		if w.match > 0 {
			if counts[w.match]++; counts[w.match] == 1 {
				different++
			}
		}
		if out := i - (snippetWords - snippetLead); out >= 0 && words[out].match > 0 {
			if counts[words[out].match]--; counts[words[out].match] == 0 {
				different--
			}
		}
		if different > most {
			most, best = different, i
		}
	}
	if most == 0 {
		return 0
	}
	start := best
	for i := best; i >= 0 && i > best-(snippetWords-snippetLead); i-- { // back to the first match of the window
		if words[i].match > 0 {
			start = i
		}
	}
	return max(start-snippetLead, 0)
}
