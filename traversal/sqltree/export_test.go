package sqltree

// PageStatements returns the statements of Page: the first page and the next, each without and with
// a filter.
func PageStatements(d Dialect) []string {
	s := bind(d)
	return []string{s.first, s.after, s.firstOf, s.afterOf}
}
