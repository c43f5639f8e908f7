package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestMethodSetsDecideAsPredicatesDo(t *testing.T) {
	t.Parallel()
	for name, predicates := range map[string][]web.Predicate{
		"none":       nil,
		"GET":        {views.Method("GET")},
		"two":        {views.Method("PUT", "DELETE")},
		"not":        {views.Not(views.Method("GET"))},
		"both":       {views.Method("GET", "POST"), views.Not(views.Method("POST"))},
		"other":      {views.Method("PURGE")},
		"not other":  {views.Not(views.Method("PURGE"))},
		"impossible": {views.Method("GET"), views.Method("POST")},
		"with more":  {views.Method("POST"), views.XHR(true)},
	} {
		allowed, rest := condition.MethodsOf(predicates)
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"} {
			assert.Equal(t, condition.Allows(predicates, method), allowed&condition.MethodOf(method) != 0, "%s: %s", name, method)
		}
		assert.NotZero(t, allowed&condition.MethodOf("PURGE"), "%s: the predicates decide", name)
		assert.Len(t, rest, map[string]int{"with more": 1}[name], name)
	}
	assert.Equal(t, condition.MethodOf("GET"), condition.MethodOf(""))
	for _, method := range []string{"get", "PURGE", "GETS"} {
		assert.Equal(t, condition.Other, condition.MethodOf(method), method)
	}
}
