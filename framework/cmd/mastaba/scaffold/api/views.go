package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views"
)

// listInput is the query of a list: After is the Next of the page before.
type listInput struct {
	After string `json:"after"`
}

// list is a page of what is in a resource.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// item is a resource in a list, or alone.
type item[T any] struct {
	Name  string `json:"name"`
	Value T      `json:"value"`
}

// children returns a page of the children that the user may see.
func children[T interface{ Name() string }](a *api, r *framework.Request, after string) (list[item[T]], error) {
	mayList := func(_ context.Context, n traversal.Node) (bool, error) { return r.Can(mayView, n) }
	found, err := a.tree.Page(r.Context(), r.Node(), sqltree.PageOptions{After: after, Limit: 100, Permits: mayList})
	page := list[item[T]]{Items: []item[T]{}, Next: found.Next}
	for _, n := range found.Nodes {
		if res, ok := n.Resource().(T); ok {
			page.Items = append(page.Items, item[T]{n.Name(), res})
		}
	}
	return page, err
}

func (a *api) listProjects(r *framework.Request, _ *Root, in listInput) (list[item[*Project]], error) {
	return children[*Project](a, r, in.After)
}

func (a *api) listTasks(r *framework.Request, _ *Project, in listInput) (list[item[*Task]], error) {
	return children[*Task](a, r, in.After)
}

// newInput is the body of a POST.
type newInput struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Validate is called before the view. Its error is a 422 that names the fields.
func (in newInput) Validate() error { return checkTitle(in.Title) }

func checkTitle(title string) error {
	if title == "" || len(title) > 200 {
		return problem("title", "a title of at most 200 bytes is required")
	}
	return nil
}

func problem(field, text string) error {
	return &views.InputError{Fields: []views.FieldError{{Name: field, Text: text}}}
}

func (a *api) addProject(r *framework.Request, parent *Root, in newInput) (*framework.Response, error) {
	return a.add(r, parent, in.Name, &Project{Title: in.Title})
}

func (a *api) addTask(r *framework.Request, parent *Project, in newInput) (*framework.Response, error) {
	return a.add(r, parent, in.Name, &Task{Title: in.Title})
}

// add puts a resource into another.
func (a *api) add(r *framework.Request, parent sqltree.Resource, name string, res sqltree.Resource) (*framework.Response, error) {
	if err := a.tree.Create(r.Context(), parent, name, res); errors.Is(err, sqltree.ErrExists) {
		return nil, problem("name", "there is something of this name already")
	} else if err != nil {
		return nil, err
	}
	path, err := r.ResourcePath(r.Node().At(name, res))
	created := r.Empty(http.StatusCreated)
	created.SetHeader("Location", path)
	return created, err
}

func showTask(_ *framework.Request, t *Task) (item[*Task], error) {
	return item[*Task]{t.Name(), t}, nil
}

// taskInput is the body of a PUT.
type taskInput struct {
	Title string `json:"title"`
	Done  bool   `json:"done"`
}

// Validate is called before the view.
func (in taskInput) Validate() error { return checkTitle(in.Title) }

func (a *api) saveTask(r *framework.Request, t *Task, in taskInput) (*framework.Response, error) {
	t.Title, t.Done = in.Title, in.Done
	return r.Empty(http.StatusNoContent), a.tree.Update(r.Context(), t)
}

// deleteOf returns the view that deletes resources of a type, with all below.
func deleteOf[T sqltree.Resource](a *api) func(*framework.Request, T) (*framework.Response, error) {
	return func(r *framework.Request, res T) (*framework.Response, error) {
		return r.Empty(http.StatusNoContent), a.tree.Delete(r.Context(), res, sqltree.DeleteOptions{})
	}
}
