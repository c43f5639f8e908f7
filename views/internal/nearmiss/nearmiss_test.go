package nearmiss_test

import (
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/internal/nearmiss"
	"github.com/mastaba-go/mastaba/views/web"
)

func predicate(kind string, data any) web.Predicate {
	return web.NewPredicate(kind, "", func(*web.Request) (bool, error) { return false, nil }).WithData(data)
}

func method(names ...string) web.Predicate {
	return predicate(condition.KindMethod, condition.Methods(names))
}

func accept(mediaType string) web.Predicate {
	return predicate(condition.KindAccept, condition.MediaTypes{mediaType})
}

func contentType(mediaType string) web.Predicate {
	return predicate(condition.KindContentType, condition.MediaTypes{mediaType})
}

type list = []web.Predicate

func views(all ...list) iter.Seq[list] { return slices.Values(all) }

func TestAdd(t *testing.T) {
	t.Parallel()
	all := []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
	for name, tt := range map[string]struct {
		method  string
		add     func(*nearmiss.Finder)
		allowed []string
		able    int
	}{
		"nothing": {"GET", func(*nearmiss.Finder) {}, []string{"OPTIONS"}, 0},
		"a view for another method": {"PUT", func(f *nearmiss.Finder) {
			f.Add(list{method("GET", "HEAD")}, nil, views(list{method("GET", "HEAD")}))
		}, []string{"GET", "HEAD", "OPTIONS"}, 0},
		"a view that refuses a type": {"POST", func(f *nearmiss.Finder) {
			f.Add(list{contentType("text/plain")}, nil, views(list{contentType("text/plain")}))
		}, all, 1},
		"a method that only a list names": {"GET", func(f *nearmiss.Finder) {
			f.Add(list{method("PROPFIND")}, nil, views(list{method("PROPFIND")}))
		}, []string{"OPTIONS", "PROPFIND"}, 0},
		"another predicate failed too": {"PUT", func(f *nearmiss.Finder) {
			f.Add(list{method("GET"), predicate("param", nil)}, nil, views(list{method("GET")}))
		}, []string{"OPTIONS"}, 0},
		"all but one method": {"GET", func(f *nearmiss.Finder) {
			f.Add(list{web.Not(method("GET"))}, nil, views(list{web.Not(method("GET"))}))
		}, []string{"DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}, 0},
		"a route behind which no view takes it": {"PUT", func(f *nearmiss.Finder) {
			f.Add(list{method("GET", "POST")}, list{method("GET", "POST")}, views(list{method("POST", "PUT")}))
		}, []string{"OPTIONS", "POST"}, 0},
		"an earlier route takes it": {"PUT", func(f *nearmiss.Finder) {
			f.Pass(list{method("POST")}, list{method("POST")})
			f.Add(list{method("GET", "POST")}, nil, views(list{method("GET", "POST")}))
		}, []string{"GET", "OPTIONS"}, 0},
		"an earlier route that refused it otherwise": {"PUT", func(f *nearmiss.Finder) {
			f.Pass(list{predicate("header", nil)}, list{method("POST")})
			f.Add(list{method("POST")}, nil, views(list{method("POST")}))
		}, []string{"OPTIONS", "POST"}, 0},
		"TRACE is not implied": {"TRACE", func(f *nearmiss.Finder) {
			f.Add(list{method("any")}, nil, views(list{}))
		}, all, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := nearmiss.New(tt.method)
			tt.add(f)
			assert.Equal(t, tt.allowed, f.Found().Allowed())
			assert.Len(t, f.Found().Able(), tt.able)
		})
	}
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	f := nearmiss.New("POST")
	f.Add(list{accept("text/html"), contentType("text/csv")}, nil, views(list{}))
	assert.False(t, f.Found().FailOnlyFor(condition.KindAccept))
	assert.Equal(t, []string{"text/html"}, f.Found().MediaTypes(condition.KindAccept), "of all, if each fails for something else too")
	f.Add(list{accept("image/png")}, nil, views(list{}))
	f.Add(list{web.Not(accept("image/gif"))}, nil, views(list{}))
	assert.True(t, f.Found().FailOnlyFor(condition.KindAccept))
	assert.Equal(t, []string{"image/png"}, f.Found().MediaTypes(condition.KindAccept), "nothing else failed for it")
	assert.False(t, f.Found().FailOnlyFor(condition.KindContentType))
}
