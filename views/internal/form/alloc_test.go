package form_test

import (
	"fmt"
	"io"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

type flat struct {
	Title string
	Stars int
	Score float64
	Done  bool
}

type lists struct {
	Tags  []string
	Lines []flat
}

// Filling an input from parameters allocates for lists alone: the texts and the slice of a list of
// texts, and for nested fields the tree of names, the order of the elements and the slice.
func TestFillAllocations(t *testing.T) {
	for query, most := range map[string]float64{
		"title=a&stars=5&score=1.5&done=on": 0,
		"tags=a&tags=b":                     5, // with the tree
		"lines.0.title=a&lines.0.stars=1&lines.1.title=b&lines.1.stars=2&lines.2.title=c": 5,
	} {
		parameters, err := web.Begin(&web.Application{}, httptest.NewRequest("GET", "/?"+query, nil)).Parameters()
		require.NoError(t, err)
		f, in := formOf[flat](t), reflect.ValueOf(new(flat)).Elem()
		if most > 0 {
			f, in = formOf[lists](t), reflect.ValueOf(new(lists)).Elem()
		}
		allocs := testing.AllocsPerRun(100, func() {
			if len(f.Fill(in, parameters)) > 0 {
				panic("mistakes")
			}
		})
		assert.LessOrEqual(t, allocs, most, query)
	}
}

// From the request to the input, an encoded form costs a fixed number of allocations beside those of
// Fill: the request, its attributes, the body and what reads it again, and the parameters.
func TestReadAllocations(t *testing.T) {
	const body = "title=a&stars=5&score=1.5&done=on"
	f, app := formOf[flat](t), &web.Application{}
	hr := httptest.NewRequest("POST", "/", nil)
	hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	in := reflect.ValueOf(new(flat)).Elem()
	reader := strings.NewReader(body)
	allocs := testing.AllocsPerRun(100, func() {
		reader.Reset(body)
		hr.Body, hr.ContentLength = io.NopCloser(reader), int64(len(body))
		if found, err := f.Read(web.Begin(app, hr), in, false); err != nil || len(found) > 0 {
			panic(fmt.Sprint(found, err))
		}
	})
	assert.LessOrEqual(t, allocs, 11.0)
}
