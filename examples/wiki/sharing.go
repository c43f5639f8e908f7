package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// addSharing declares the page on which people say who may do what with a resource. Those
// who have the permission to share may do so: the administrators, and whom they allow it. Whoever
// may share can also allow it to others, and anything else, here and below; nobody can make anybody
// an administrator with it.
func (w *wiki) addSharing(config *framework.Configurator) {
	options := []views.Option{views.Name("sharing"), views.Permission(mayShare), views.Renderer("sharing.html")}
	forms.Add(config, showSharing[*Folder](w), saveSharing[*Folder](w), options...)
	forms.Add(config, showSharing[*Page](w), saveSharing[*Page](w), options...)
	forms.Add(config, showSharing[*File](w), saveSharing[*File](w), options...)
}

// Whom an entry is about, in the form.
const (
	whoEveryone = "everyone"
	whoMembers  = "members"
	whoGroup    = "group"
	whoUser     = "user"
	whoOther    = "other" // a principal that only a program can have put there; its entry can be kept
)

// entryInput is an entry of an access list in the form. One whose Who is "" does not count.
type entryInput struct {
	Position int      `form:"position"` // entries are in this order; 0 comes last
	Effect   string   `form:"effect"`   // allow or deny
	Who      string   `form:"who"`
	Name     string   `form:"name"` // of the group or user
	Can      []string `form:"can"`  // of shared
}

// sharingInput is the form of an access list.
type sharingInput struct {
	Entries []entryInput `form:"entries"`
	Stop    bool         `form:"stop"` // what the folders above say does not count
	Was     string       `form:"was"`  // the text of the list when the form was shown
	Sure    bool         `form:"sure"` // the user knows that they will not be allowed to share any more
}

const (
	emptyEntries = 3   // that the form offers
	mostEntries  = 100 // of one list
)

// inputOf returns an entry as the form shows it. One about all permissions is about those that can
// be shared.
func inputOf(e acl.Entry) entryInput {
	in := entryInput{Effect: "deny"}
	if e.Allows() {
		in.Effect = "allow"
	}
	for _, permission := range shared {
		if e.Covers(permission) {
			in.Can = append(in.Can, permission)
		}
	}
	group, isGroup := strings.CutPrefix(e.Principal(), groupPrefix)
	user, isUser := strings.CutPrefix(e.Principal(), userPrefix)
	in.Who, in.Name = whoOther, e.Principal()
	switch {
	case e.Principal() == acl.Everyone:
		in.Who, in.Name = whoEveryone, ""
	case e.Principal() == acl.Authenticated:
		in.Who, in.Name = whoMembers, ""
	case isGroup:
		in.Who, in.Name = whoGroup, group
	case isUser:
		in.Who, in.Name = whoUser, user
	}
	return in
}

// sharingPage is what sharing.html shows.
type sharingPage struct {
	Form     *forms.Form
	Rows     []int // the indexes of the entries in the form
	Root     bool
	Groups   []group
	Shared   []string
	Subjects []subject
	User     string // whom the page was asked about
	Branch   []branchList
}

func showSharing[R node](w *wiki) func(*framework.Request, R) (sharingPage, error) {
	return func(r *framework.Request, _ R) (page sharingPage, err error) {
		ctx, n := r.Context(), r.Node()
		page.User, page.Root, page.Shared = strings.TrimSpace(r.URL.Query().Get("user")), n.Depth() == 0, shared
		list, err := listOf(ctx, n)
		if err != nil {
			return page, err
		}
		written, stopped := split(list)
		in := sharingInput{Stop: stopped, Was: list.String()}
		for i, e := range written {
			row := inputOf(e)
			row.Position = i + 1
			in.Entries = append(in.Entries, row)
		}
		for range emptyEntries {
			in.Entries = append(in.Entries, entryInput{Position: len(in.Entries) + 1, Effect: "allow"})
		}
		page.Form = forms.Show(r, in)
		for i := range page.Form.Len("entries") {
			page.Rows = append(page.Rows, i)
		}
		if page.Groups, err = w.allGroups(ctx); err != nil {
			return page, err
		}
		if page.Subjects, err = w.explain(r, n, page.User); err != nil {
			return page, err
		}
		page.Branch, err = branch(ctx, n)
		return page, err
	}
}

// saveSharing stores the list of the form.
func saveSharing[R node](w *wiki) func(*framework.Request, R, sharingInput) (*framework.Response, error) {
	return func(r *framework.Request, res R, in sharingInput) (*framework.Response, error) {
		ctx, n := r.Context(), r.Node()
		now, err := listOf(ctx, n)
		if err != nil {
			return nil, err
		}
		if in.Was != now.String() {
			return nil, problem("", "somebody else has changed the sharing since this form was shown: open the page again")
		}
		written, err := w.entriesOf(ctx, in.Entries, now)
		if err != nil {
			return nil, err
		}
		list := join(written, in.Stop, n.Depth() == 0)
		if list.String() == now.String() {
			return sharingDone(r, "Nothing was changed.")
		}
		keeps, err := keepsAccess(r, n, list)
		if err != nil {
			return nil, err
		}
		if !keeps && !in.Sure {
			return nil, problem("sure", "you would not be allowed to open or to share this any more: say that you are sure, or change the list")
		}
		by, err := r.UserID()
		if err != nil {
			return nil, err
		}
		if err := retryConflict(w.tree.SetACL(sqltree.WithActor(ctx, userPrefix+by), res, list)); err != nil {
			return nil, err
		}
		if !keeps {
			return done(r, n.Root(), "The sharing is saved. It is not for you any more.")
		}
		return sharingDone(r, "The sharing is saved.")
	}
}

// entriesOf returns the entries of a form, or what is wrong with all of them. now is the list that
// they replace.
func (w *wiki) entriesOf(ctx context.Context, rows []entryInput, now acl.List) (acl.List, error) {
	type placed struct {
		position int
		entry    acl.Entry
	}
	var found []placed
	bad := new(views.InputError)
	for i, row := range rows {
		if row.Who == "" {
			continue
		}
		wrong := func(field, text string) {
			bad.Fields = append(bad.Fields, views.FieldError{Name: fmt.Sprintf("entries.%d.%s", i, field), Text: text})
		}
		principal, err := w.principalOf(ctx, row, now)
		switch {
		case err != nil:
			return nil, err
		case principal == "" && row.Who == whoGroup:
			wrong("name", "there is no such group")
		case principal == "" && row.Who == whoUser:
			wrong("name", "nobody has this name")
		case principal == "":
			wrong("who", "choose one of the list")
		}
		if row.Effect != "allow" && row.Effect != "deny" {
			wrong("effect", "choose may or may not")
		}
		can := slices.DeleteFunc(slices.Clone(shared), func(p string) bool { return !slices.Contains(row.Can, p) })
		if len(can) == 0 {
			wrong("can", "choose what this is about")
		}
		e := acl.Deny(principal, can...)
		if row.Effect == "allow" {
			e = acl.Allow(principal, can...)
		}
		if row.Position <= 0 {
			row.Position = mostEntries + 1
		}
		found = append(found, placed{row.Position, e})
	}
	if len(found) > mostEntries {
		return nil, problem("", fmt.Sprintf("a list has at most %d entries: make a group of the people", mostEntries))
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	slices.SortStableFunc(found, func(a, b placed) int { return a.position - b.position })
	var list acl.List
	for _, f := range found {
		list = append(list, f.entry)
	}
	return list, nil
}

// principalOf returns whom an entry is about, "" if there is no such group or user.
func (w *wiki) principalOf(ctx context.Context, row entryInput, now acl.List) (string, error) {
	switch row.Who {
	case whoEveryone:
		return acl.Everyone, nil
	case whoMembers:
		return acl.Authenticated, nil
	case whoGroup:
		if g, err := w.groupByName(ctx, w.db.Reader(), strings.TrimSpace(row.Name)); err != nil {
			return "", err
		} else if g != nil {
			return groupPrefix + g.Name, nil
		}
	case whoUser:
		if a, err := w.accountOf(ctx, w.db.Reader(), strings.TrimSpace(row.Name)); err != nil {
			return "", err
		} else if a != nil {
			return userPrefix + a.Name, nil
		}
	case whoOther:
		if slices.ContainsFunc(now, func(e acl.Entry) bool { return e.Principal() == row.Name }) {
			return row.Name, nil
		}
	}
	return "", nil
}

// trial is a resource with another access list.
type trial struct{ list acl.List }

// ACL returns it.
func (t trial) ACL(context.Context) (acl.List, error) { return t.list, nil }

// keepsAccess reports whether the user may still view and share a node once it has a list.
func keepsAccess(r *framework.Request, n traversal.Node, list acl.List) (bool, error) {
	principals, err := r.Principals()
	if err != nil {
		return false, err
	}
	tried := traversal.NewNode(trial{list})
	if parent, ok := n.Parent(); ok {
		tried = parent.At(n.Name(), trial{list})
	}
	for _, permission := range []string{mayView, mayShare} {
		d, err := acl.Permits(r.Context(), r.Traverser(), tried, permission, principals)
		if err != nil || !d.Allowed {
			return false, err
		}
	}
	return true, nil
}

// sharingDone shows the sharing page again, with a message.
func sharingDone(r *framework.Request, message string) (*framework.Response, error) {
	session, err := r.Session()
	if err != nil {
		return nil, err
	}
	if err := session.Flash("", message, false); err != nil {
		return nil, err
	}
	path, err := r.ResourcePath(r.Node(), web.Elements("@@sharing"))
	return r.Redirect(http.StatusSeeOther, path), err
}
