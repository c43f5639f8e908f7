package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// visible returns the children of a node that the user may see. As nodes they know their places, of
// which a template makes their URLs.
func visible(r *framework.Request, at traversal.Node) (nodes []traversal.Node, err error) {
	for node, err := range security.Children(r, at, mayView) {
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, node)
	}
	return nodes, nil
}

// showTracker lists the organisations.
func showTracker(r *framework.Request, _ *Tracker) ([]traversal.Node, error) {
	return visible(r, r.Node())
}

// showOrganisation lists the projects. In the template, resource is the organisation.
func showOrganisation(r *framework.Request, _ *Organisation) ([]traversal.Node, error) {
	return visible(r, r.Node())
}

// Open returns the number of open issues.
func (p *Project) Open() (open int) {
	for _, entry := range p.list() {
		if !entry.Resource.(*Issue).Closed {
			open++
		}
	}
	return open
}

// listQuery are the parameters of a list of issues: ?state=closed&page=2.
type listQuery struct {
	State, Q string
	Page     int
}

// issueList is one page of a list of issues.
type issueList struct {
	listQuery
	Issues                       []traversal.Node
	Total, Pages, Previous, Next int
}

func showProject(r *framework.Request, _ *Project, query listQuery) (issueList, error) {
	issues, err := visible(r, r.Node())
	if err != nil {
		return issueList{}, err
	}
	issues = slices.DeleteFunc(issues, func(n traversal.Node) bool { return n.Resource().(*Issue).Closed != (query.State == "closed") })
	slices.Reverse(issues) // the newest first
	return pageOf(issues, query)
}

// pageOf returns a page of a list. The first is 1, also if the query has none.
func pageOf(all []traversal.Node, query listQuery) (issueList, error) {
	const size = 10
	query.Page = max(query.Page, 1)
	list := issueList{listQuery: query, Total: len(all), Pages: max((len(all)+size-1)/size, 1), Previous: query.Page - 1, Next: query.Page + 1}
	if query.Page > list.Pages {
		return list, web.NotFound("the list has no such page")
	}
	list.Issues = all[(query.Page-1)*size : min(query.Page*size, len(all))]
	return list, nil
}

// search finds issues by a part of their text, wherever the user may see them.
func search(r *framework.Request, _ *Tracker, query listQuery) (issueList, error) {
	found, err := find(r, r.Node(), strings.ToLower(query.Q))
	if err != nil {
		return issueList{}, err
	}
	return pageOf(found, query)
}

// find returns the issues below a node that contain a text.
func find(r *framework.Request, at traversal.Node, text string) (found []traversal.Node, err error) {
	if issue, ok := at.Resource().(*Issue); ok {
		if strings.Contains(strings.ToLower(issue.Subject+"\n"+issue.Text), text) {
			found = append(found, at)
		}
		return found, nil
	}
	nodes, err := visible(r, at)
	for _, node := range nodes {
		below, failed := find(r, node, text)
		found, err = append(found, below...), errors.Join(err, failed)
	}
	return found, err
}

// date is a function of the templates. Each language has its own layout.
func date(r *framework.Request, t time.Time) string {
	return t.Format(r.Translate(text.Tr("2 Jan 2006")))
}
