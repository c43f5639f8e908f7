package views

// nearest is the one of names that is a slip of the pen away from name, "" if
// none is: two letters differ, or a third of them.
func nearest(name string, names []string) string {
	best, found := "", max(2, len(name)/3)+1
	for _, candidate := range names {
		if d := distance(name, candidate); d < found && d < len(name) {
			best, found = candidate, d
		}
	}
	return best
}

// distance counts the bytes to insert, delete or replace between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
