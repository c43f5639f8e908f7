package form_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

var errInvalid = errors.New("invalid")

type (
	byValue   struct{ A string }
	byPointer struct{ A string }
	inherits  struct{ byValue }
	named     []int
)

func (byValue) Validate() error    { return errInvalid }
func (*byPointer) Validate() error { return errInvalid }
func (named) Validate() error      { return errInvalid }

// Methods Validate that are not called.
type (
	mistake     struct{}
	ownError    struct{ A string }
	reports     struct{ A string }
	withContext struct{ A string }
	withNothing struct{ A string }
	ambiguous   struct {
		byValue
		byPointer
	}
	deeper   struct{ ambiguous }
	shadowed struct {
		*byPointer2
		Validate bool
	}
	byPointer2 = ByPointer
	ByPointer  struct{ B string }
)

func (mistake) Error() string                               { return "mistake" }
func (*ownError) Validate() *mistake                        { return nil }
func (reports) Validate() bool                              { return false }
func (*withContext) Validate(context.Context, ...int) error { return errInvalid }
func (withNothing) Validate()                               {}
func (*ByPointer) Validate() error                          { return errInvalid }

func TestValidate(t *testing.T) {
	t.Parallel()
	assert.Equal(t, errInvalid, form.Validate(new(byValue)))
	assert.Equal(t, errInvalid, form.Validate(new(byPointer)))
	assert.Equal(t, errInvalid, form.Validate(new(new(byPointer))))
	assert.Equal(t, errInvalid, form.Validate(new(inherits)))
	assert.Equal(t, errInvalid, form.Validate(new(named)))
	assert.NoError(t, form.Validate(new(*byPointer)))
	assert.NoError(t, form.Validate(new(struct{ A string })))
	for _, typ := range []reflect.Type{
		reflect.TypeFor[byValue](), reflect.TypeFor[byPointer](), reflect.TypeFor[*byPointer](), reflect.TypeFor[inherits](), reflect.TypeFor[named](),
	} {
		_, err := form.Of(typ)
		assert.NoError(t, err, typ)
	}
}

// A method Validate is called, or the type is refused.
func TestValidateOfAnotherSignature(t *testing.T) {
	t.Parallel()
	const remedy = " has another signature than Validate() error, so it would never be called: " +
		"change that, and check in the view what needs the request; the view may return an *views.InputError too"
	for typ, want := range map[reflect.Type]string{
		reflect.TypeFor[ownError]():    "input form_test.ownError: method Validate() *form_test.mistake" + remedy,
		reflect.TypeFor[*ownError]():   "input *form_test.ownError: method Validate() *form_test.mistake" + remedy,
		reflect.TypeFor[reports]():     "input form_test.reports: method Validate() bool" + remedy,
		reflect.TypeFor[withContext](): "input form_test.withContext: method Validate(context.Context, ...int) error" + remedy,
		reflect.TypeFor[withNothing](): "input form_test.withNothing: method Validate()" + remedy,
		reflect.TypeFor[ambiguous]():   "input form_test.ambiguous: the embedded form_test.byValue has a method Validate that the input does not inherit, so it would never be called: write a method Validate() error that calls it",
		reflect.TypeFor[deeper]():      "the embedded form_test.byValue has a method Validate that the input does not inherit",
		reflect.TypeFor[shadowed]():    "the embedded form_test.ByPointer has a method Validate that the input does not inherit",
	} {
		_, err := form.Of(typ)
		assert.ErrorContains(t, err, want)
	}
}

// nilErrors returns a nil pointer as its error, which is not nil.
type nilErrors struct{ A string }

func (nilErrors) Validate() error { return (*web.HTTPError)(nil) }

func TestValidateReturnsANilPointer(t *testing.T) {
	t.Parallel()
	err := form.Validate(new(nilErrors))
	refused, ok := errors.AsType[*web.HTTPError](err)
	require.True(t, ok)
	assert.Equal(t, http.StatusInternalServerError, refused.Status())
	assert.Empty(t, refused.Detail(), "it is not for the client")
	assert.ErrorContains(t, err, "Validate of form_test.nilErrors returned a nil *web.HTTPError: return nil itself if nothing is wrong")
}
