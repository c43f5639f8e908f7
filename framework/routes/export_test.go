package routes

// Served tells how many shapes a table has, how many of them httprouter serves, and
// the same for routes.
func Served(t *Table) (shapes, served, routes, servedRoutes int) {
	seen := map[string]bool{}
	for _, rt := range t.routes {
		byLayer := t.index.layer != nil && t.index.layer.holds(rt.Pattern.match.shape)
		routes++
		if byLayer {
			servedRoutes++
		}
		if key := shapeKey(rt.Pattern.match.shape); !seen[key] {
			seen[key] = true
			shapes++
			if byLayer {
				served++
			}
		}
	}
	return shapes, served, routes, servedRoutes
}

// holds tells whether this shape itself was given to httprouter.
func (y *layer) holds(shape []segment) bool {
	s := &search{}
	handle, _, _ := y.router.Lookup(method, y.sample(shape))
	if handle == nil {
		return false
	}
	handle(s, nil, nil)
	return s.found != nil && shapeKey(s.found.shape) == shapeKey(shape)
}

func (y *layer) sample(shape []segment) string {
	path := ""
	for _, s := range shape {
		if s.kind == literal {
			path += "/" + s.text
		} else {
			path += "/\x00"
		}
	}
	return path
}
