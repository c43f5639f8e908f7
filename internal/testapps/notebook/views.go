package notebook

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/internal/testapps/notebook/house"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// titled is every resource of the library.
type titled interface {
	Title() string
	SetTitle(title string)
}

// folder is a resource that contains others.
type folder interface {
	titled
	traversal.Container
	traversal.Lister
	Remove(name string) bool
}

type link struct {
	URL  string `json:"url"`
	Text string `json:"text"`
}

// linkTo returns a link to a resource, wherever the application is mounted.
func linkTo(r *web.Request, node traversal.Node) (link, error) {
	path, err := r.ResourcePath(node)
	return link{path, node.Resource().(titled).Title()}, err
}

// seeOther redirects to a resource after a change.
func seeOther(r *web.Request, node traversal.Node) (any, error) {
	path, err := r.ResourcePath(node)
	return web.SeeOther(path), err
}

// frame is the data around each page.
type frame struct {
	Crumbs  []link
	Sidebar template.HTML
}

// newFrame makes breadcrumbs from the lineage, and renders the sidebar of the nearest project, if
// there is one.
func newFrame(r *web.Request) (frame, error) {
	var f frame
	for node, err := range r.Traverser().Lineage(r.Context(), r.Node()) {
		if err != nil {
			return f, err
		}
		crumb, err := linkTo(r, node)
		if err != nil {
			return f, err
		}
		f.Crumbs = append(f.Crumbs, crumb)
	}
	slices.Reverse(f.Crumbs)

	_, node, ok, err := traversal.Closest[*Project](r.Context(), r.Traverser(), r.Node())
	if err != nil || !ok {
		return f, err
	}
	response, err := views.RenderView(r, node, "sidebar", views.Permissive())
	if err != nil {
		return f, err
	}
	body, _ := response.Body()
	f.Sidebar = template.HTML(body)
	return f, nil
}

// links returns links to those children of a resource that the user may see.
func links(r *web.Request, parent traversal.Node) ([]link, error) {
	all := []link{}
	for node, err := range r.Traverser().Children(r.Context(), parent) {
		if err != nil {
			return nil, err
		}
		decision, err := r.Permits(View, node)
		if err != nil {
			return nil, err
		}
		if !decision.Allowed {
			continue
		}
		child, err := linkTo(r, node)
		if err != nil {
			return nil, err
		}
		all = append(all, child)
	}
	return all, nil
}

type folderPage struct {
	Frame frame
	Title string
	Links []link
}

func showFolder(r *web.Request, f folder) (page folderPage, err error) {
	page.Title = f.Title()
	if page.Frame, err = newFrame(r); err != nil {
		return page, err
	}
	page.Links, err = links(r, r.Node())
	return page, err
}

type documentPage struct {
	Frame                        frame
	Title, Text, Author, EditURL string
	Revision                     int
}

// showDocument shows the document, with a link to its form for users who may edit it.
func showDocument(r *web.Request, d *Document) (documentPage, error) {
	latest := d.Latest()
	page := documentPage{Title: d.Title(), Text: latest.Text, Author: latest.Author, Revision: latest.Number}
	decision, err := views.Permitted(r, r.Node(), "edit")
	if err != nil {
		return page, err
	}
	if decision.Allowed {
		if page.EditURL, err = r.ResourcePath(r.Node(), web.Elements("edit")); err != nil {
			return page, err
		}
	}
	page.Frame, err = newFrame(r)
	return page, err
}

type folderData struct {
	Title    string `json:"title"`
	Path     string `json:"path"`
	Children []link `json:"children"`
}

func folderJSON(r *web.Request, f folder) (*folderData, error) {
	children, err := links(r, r.Node())
	return &folderData{f.Title(), r.Node().Path(), children}, err
}

type documentData struct {
	Title     string     `json:"title"`
	Path      string     `json:"path"`
	Text      string     `json:"text"`
	Revisions []Revision `json:"revisions"`
}

func documentJSON(r *web.Request, d *Document) (*documentData, error) {
	return &documentData{d.Title(), r.Node().Path(), d.Latest().Text, d.Revisions()}, nil
}

// history lists the revisions. With the number of a revision as subpath it shows the text of that
// one.
func history(r *web.Request, d *Document) (any, error) {
	revisions := d.Revisions()
	if rest := r.Subpath(); len(rest) > 0 {
		for _, revision := range revisions {
			if len(rest) == 1 && strconv.Itoa(revision.Number) == rest[0] {
				return r.Text(revision.Text), nil
			}
		}
		return nil, web.NotFound("there is no such revision")
	}
	page := folderPage{Title: d.Title()}
	for _, revision := range revisions {
		number := strconv.Itoa(revision.Number)
		url, err := r.ResourcePath(r.Node(), web.Elements("history", number))
		if err != nil {
			return nil, err
		}
		page.Links = append(page.Links, link{url, number + " by " + revision.Author})
	}
	var err error
	page.Frame, err = newFrame(r)
	return page, err
}

// sidebar lists the documents of a project. The pages of the project include it.
func sidebar(r *web.Request, p *Project) (folderPage, error) {
	documents, err := links(r, r.Node())
	return folderPage{Title: p.Title(), Links: documents}, err
}

func activity(r *web.Request, _ *Library) ([]Changed, error) {
	journal, ok := registry.Lookup[*Journal](r.Registry())
	if !ok {
		return nil, errors.New("no journal: call AddJournal")
	}
	return journal.Changes(), nil
}

// editor is the form of a resource: show renders it, save handles it.
type editor struct {
	r        *web.Request
	resource titled

	Frame       frame
	Title, Text string
	HasText     bool
	Problem     string
}

func newEditor(r *web.Request, resource titled) (*editor, error) {
	e := &editor{r: r, resource: resource, Title: resource.Title()}
	if document, ok := resource.(*Document); ok {
		e.HasText, e.Text = true, document.Latest().Text
	}
	return e, nil
}

func (e *editor) show() (_ any, err error) {
	e.Frame, err = newFrame(e.r)
	return e, err
}

func (e *editor) save() (any, error) {
	form, err := e.r.Parameters()
	if err != nil {
		return nil, err
	}
	e.Title, _ = form.Get("title")
	if e.HasText {
		e.Text, _ = form.Get("text")
	}
	if e.Title = strings.TrimSpace(e.Title); e.Title == "" {
		e.Problem = "Please enter a title."
		e.r.Response().SetStatus(http.StatusUnprocessableEntity)
		return e.show()
	}
	user, err := e.r.UserID()
	if err != nil {
		return nil, err
	}
	if document, ok := e.resource.(*Document); ok {
		document.Save(e.Title, e.Text, user)
	} else {
		e.resource.SetTitle(e.Title)
	}
	if err := changed(e.r, "edit", e.r.Node()); err != nil {
		return nil, err
	}
	return seeOther(e.r, e.r.Node())
}

// input is the form for something new.
type input struct {
	Name  string `form:"name" json:"name"`
	Title string `form:"title" json:"title"`
	Text  string `form:"text" json:"text"`
}

// Validate rejects names that cannot be reached, and sets a missing title.
func (in *input) Validate() error {
	if in.Title == "" {
		in.Title = in.Name
	}
	return checkName(in.Name)
}

func addOrganisation(r *web.Request, l *Library, in input) (any, error) {
	user, err := r.UserID()
	if err != nil {
		return nil, err
	}
	organisation, err := l.Add(in.Name, in.Title)
	if err != nil {
		return nil, conflict(err)
	}
	organisation.Grant(user, Owner)
	return added(r, r.Node().At(in.Name, organisation))
}

func addProject(r *web.Request, o *Organisation, in input) (any, error) {
	project, err := o.Add(in.Name, in.Title)
	if err != nil {
		return nil, conflict(err)
	}
	return added(r, r.Node().At(in.Name, project))
}

func addDocument(r *web.Request, p *Project, in input) (any, error) {
	user, err := r.UserID()
	if err != nil {
		return nil, err
	}
	document, err := p.Add(in.Name, in.Title, in.Text, user)
	if err != nil {
		return nil, conflict(err)
	}
	return added(r, r.Node().At(in.Name, document))
}

// conflict turns ErrExists into a 409.
func conflict(err error) error {
	if errors.Is(err, ErrExists) {
		return web.Conflict("this name is already taken").With(err)
	}
	return err
}

// added notifies the subscribers of a new resource, and redirects to it.
func added(r *web.Request, node traversal.Node) (any, error) {
	if err := changed(r, "add", node); err != nil {
		return nil, err
	}
	return seeOther(r, node)
}

func archive(r *web.Request, p *Project) (any, error) {
	p.Archive(true)
	if err := changed(r, "archive", r.Node()); err != nil {
		return nil, err
	}
	return seeOther(r, r.Node())
}

// child is every resource but the library.
type child interface {
	titled
	remove(r *web.Request) (any, error)
}

func (*Organisation) remove(r *web.Request) (any, error) { return removeNode(r) }
func (*Project) remove(r *web.Request) (any, error)      { return removeNode(r) }
func (*Document) remove(r *web.Request) (any, error)     { return removeNode(r) }

// removeNode removes the resource of the request from its parent. The node knows its parent and
// name; the resource does not.
func removeNode(r *web.Request) (any, error) {
	parent, ok := r.Node().Parent()
	if !ok {
		return nil, errors.New("the root cannot be removed")
	}
	if !parent.Resource().(folder).Remove(r.Node().Name()) {
		return nil, web.Gone("it has already been deleted")
	}
	if err := changed(r, "delete", r.Node()); err != nil {
		return nil, err
	}
	return seeOther(r, parent)
}

func locked(*web.Request, titled) (any, error) {
	return nil, web.Status(http.StatusLocked, "the project is archived")
}

// missing says how far the path leads.
func missing(r *web.Request) (house.ErrorPage, error) {
	page := house.NewErrorPage(r, r.Err())
	page.Detail = "There is no such page."
	if at := r.Node(); !at.IsZero() {
		page.Detail += " The path leads only to " + at.Path() + "."
	}
	return page, nil
}

// denied asks guests to log in, and shows users the permission that they lack.
func denied(r *web.Request) (house.ErrorPage, error) {
	page := house.NewErrorPage(r, r.Err())
	page.Detail = "Please log in."
	user, err := r.UserID()
	if user != "" {
		page.Detail = user + " may not do this."
		if why, ok := errors.AsType[*views.DeniedError](r.Err()); ok {
			page.Detail += " It requires the permission " + why.Permission + "."
		}
	}
	return page, err
}

func about(*web.Request) (string, error) { return "A wiki of notebooks.\n", nil }
