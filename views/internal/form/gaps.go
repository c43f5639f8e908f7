package form

import (
	"strconv"
	"strings"
)

// gaps are the lists whose elements have other indexes in the input than the client sent: lines.7
// alone fills lines[0]. The key is the path of the list in the input; the values are the indexes of
// the client, in the order of the elements.
type gaps map[string][]int

func (g *gaps) add(list string, sent []int) {
	if *g == nil {
		*g = gaps{}
	}
	(*g)[list] = sent
}

// sent returns the path of a value as the client named it. name is its path in the input.
func (g gaps) sent(name string) string {
	if len(g) == 0 {
		return name
	}
	steps := strings.Split(name, ".")
	list := ""
	for i, own := range steps {
		if indexes, ok := g[list]; ok && i > 0 {
			if at, isIndex := Index(own); isIndex && at < len(indexes) {
				steps[i] = strconv.Itoa(indexes[at])
			}
		}
		if i > 0 {
			list += "."
		}
		list += own
	}
	return strings.Join(steps, ".")
}
