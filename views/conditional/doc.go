// Package conditional answers conditional requests (RFC 9110, section 13) for resources that know
// their version or the time of their last change.
//
//	func (p *Page) Version(context.Context) (string, error) { return strconv.Itoa(p.Edits), nil }
//
//	config.AddView(views.On(show), views.Method("GET"), conditional.Check(conditional.Options{}))
//	config.AddView(views.On(save), views.Method("PUT"), conditional.Check(conditional.Options{Require: true}))
//
// Responses to GET then have an ETag. A client that sends it back in If-None-Match gets a 304, and
// the view does not run. A client that sends it in If-Match writes only if nobody else has written
// meanwhile: otherwise the response is a 412, and again the view does not run.
//
// Most applications need three names: [Check], [Versioned] and [Options]. [Dated] is for resources
// that know only a time, and [For] for types of other packages. The examples are Example and
// ExampleFor.
//
// # What may be checked
//
// The check comes before the view, so it is for views whose response depends on the resource and on
// nothing else. A page that also shows the user's name, or what other resources hold, needs
// [Options.By], or no Check at all: otherwise clients keep an old page.
//
// It comes after the permission and the CSRF token were checked: a 304 and a 412 reveal nothing to
// those who may not see the resource. A view with Check must succeed if the check does: RFC 9110,
// 13.2.1, gives preconditions no say in other responses.
//
// # Lost updates
//
// Between the check and the write another request may write. The view still has to save
// conditionally, for example with UPDATE … WHERE version = …. It finds the version that was checked
// with [StateOf].
package conditional
