// Package pluralmodel reads the plural forms of catalogs in a simple way, as those of the
// conformance cases are written. It is what the forms that the framework chooses are compared with.
package pluralmodel

import (
	"regexp"
	"strconv"
	"strings"
)

// Catalog is what a catalog says of plural forms.
type Catalog struct {
	Rule  func(n int) int
	Forms map[string][]string // by id; those with a context do not count
}

var (
	poRule   = regexp.MustCompile(`plural=([^\\]*?);?\\n`)
	poPlural = regexp.MustCompile(`(?m)^msgid ("(?:.*)")\nmsgid_plural .*\n((?:msgstr\[\d\] .*\n?)+)`)
	poForm   = regexp.MustCompile(`(?m)^msgstr\[\d\] (".*")`)
)

// Parse reads a catalog of the cases.
func Parse(text string) Catalog {
	o := Catalog{Rule: pluralRules["n!=1"], Forms: map[string][]string{}}
	if m := poRule.FindStringSubmatch(text); m != nil {
		expression := strings.ReplaceAll(m[1], " ", "")
		if rule := pluralRules[strings.TrimSuffix(strings.TrimPrefix(expression, "("), ")")]; rule != nil {
			o.Rule = rule
		} else if rule := pluralRules[expression]; rule != nil {
			o.Rule = rule
		}
	}
	for _, m := range poPlural.FindAllStringSubmatchIndex(text, -1) {
		if strings.HasPrefix(text[strings.LastIndex(strings.TrimSuffix(text[:m[0]], "\n"), "\n")+1:m[0]], "msgctxt") {
			continue
		}
		id, err := strconv.Unquote(text[m[2]:m[3]])
		if err != nil {
			continue
		}
		for _, form := range poForm.FindAllStringSubmatch(text[m[4]:m[5]], -1) {
			if plain, err := strconv.Unquote(form[1]); err == nil {
				o.Forms[id] = append(o.Forms[id], plain)
			}
		}
	}
	return o
}

// pluralRules are the rules of the cases, in Go.
var pluralRules = map[string]func(n int) int{
	"0":    func(int) int { return 0 },
	"n!=1": func(n int) int { return when(n != 1) },
	"n>1":  func(n int) int { return when(n > 1) },
	"n==1?0:n%10>=2&&n%10<=4&&(n%100<10||n%100>=20)?1:2": func(n int) int {
		if n == 1 {
			return 0
		}
		return fewOrMany(n)
	},
	"n%10==1&&n%100!=11?0:n%10>=2&&n%10<=4&&(n%100<10||n%100>=20)?1:2": func(n int) int {
		if n%10 == 1 && n%100 != 11 {
			return 0
		}
		return fewOrMany(n)
	},
}

func fewOrMany(n int) int {
	if n%10 >= 2 && n%10 <= 4 && (n%100 < 10 || n%100 >= 20) {
		return 1
	}
	return 2
}

func when(b bool) int {
	if b {
		return 1
	}
	return 0
}
