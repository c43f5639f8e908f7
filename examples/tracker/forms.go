package main

import (
	"net/http"
	"regexp"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// projectInput is the form of a new project. Slug is its name in URLs.
type projectInput struct {
	Name    string `form:"name" validate:"required,max=100"`
	Slug    string `form:"slug" validate:"required,max=40"`
	About   string `form:"about" validate:"max=1000"`
	Private bool   `form:"private"`
}

var slugs = regexp.MustCompile(`^[a-z][a-z0-9-]+$`)

// Validate checks what tags cannot say. A project called "new" would hide the view of this name.
func (in projectInput) Validate() error {
	if !slugs.MatchString(in.Slug) || in.Slug == "new" {
		return problem("slug", "use small letters, digits and hyphens, beginning with a letter")
	}
	return nil
}

// newProject shows the form: empty, or after mistakes with what was typed.
func newProject(r *framework.Request, _ *Organisation) (*forms.Form, error) {
	return forms.Show(r, projectInput{}), nil
}

// addProject is called with a valid input only.
func addProject(r *framework.Request, o *Organisation, in projectInput) (*framework.Response, error) {
	project := &Project{Name: in.Name, About: in.About, privacy: privacy{in.Private}}
	if !o.add(in.Slug, project) {
		return nil, problem("slug", "another project has this name")
	}
	return done(r, r.Node().At(in.Slug, project), text.Tr("The project ${name} is ready.", "name", in.Name))
}

// problem is an error that shows the form again. The text is that of a message.
func problem(field, text string) error {
	return &views.InputError{Fields: []views.FieldError{{Name: field, Text: text}}}
}

// done sends the client on to a resource, whose page shows the message.
func done(r *framework.Request, to traversal.Node, message web.Message) (*framework.Response, error) {
	session, err := r.Session()
	if err != nil {
		return nil, err
	}
	if err := session.Flash("", r.Translate(message), false); err != nil {
		return nil, err
	}
	path, err := r.ResourcePath(to)
	return r.Redirect(http.StatusSeeOther, path), err
}
