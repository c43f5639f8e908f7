// Package order sorts names by hints about their positions relative to each other: tweens, view
// derivers, kinds of predicates and media types.
//
//	s := order.New("INGRESS", "MAIN")
//	s.Add("log", []string{"INGRESS"}, nil)
//	s.Add("session", []string{"log"}, nil)
//	names, err := s.Sorted() // log, session
//
// The order goes from the outermost name to the innermost, between two fixed ends. Each name is
// added with names that it is under (inside) and over (outside); hints skip names that were not
// added. Where the hints leave the order open, a name added later is the outer one, except that
// names over the same one keep their order. [Sorter.Sorted] has the exact rule, which is Pyramid's.
//
// The packages tweens and views use it, and their options print as [Hint] does. Applications use
// those options.
package order
