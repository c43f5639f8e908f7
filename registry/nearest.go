package registry

// Nearest returns the one of names that name is most likely a misspelling of, or "" if none is
// close: at most two edits away, or a third of its length. Of equally close names it returns the
// first. Swapping two neighbouring letters is one edit.
func Nearest(name string, names []string) string {
	best, limit := "", max(2, len(name)/3)+1
	for _, known := range names {
		if d := distance(name, known); d < limit && d < len(name) {
			best, limit = known, d
		}
	}
	return best
}

// distance counts the bytes to insert, delete, replace or swap to get from a to b.
func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := range len(a) {
		before, above, row := rows[0], rows[1], rows[2]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(above[j]+cost, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		rows = [3][]int{above, row, before}
	}
	return rows[1][len(b)]
}
