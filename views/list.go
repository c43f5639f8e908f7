package views

// Views lists every view of a built application: those for resources, then
// those for errors; each place (route and name) where it was first declared,
// and within it in the order in which the views of one type are asked. A view for
// an error type that was declared with [Add] is there twice, for it answers both.
func (t *Table) Views() []*Info {
	var all []*Info
	for _, x := range []*index{t.resources, t.errors} {
		for _, s := range x.slots {
			for _, g := range s.all() {
				for _, reg := range g.members {
					all = append(all, reg.info)
				}
			}
		}
	}
	return all
}
