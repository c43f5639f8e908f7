package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/static"
)

// issuePage is what the template of an issue shows. Form is that of the next remark.
type issuePage struct {
	*Issue
	Form *forms.Form
}

func showIssue(r *framework.Request, issue *Issue) (issuePage, error) {
	return issuePage{issue, forms.Show(r, remarkInput{})}, nil
}

// issueInput is the form of an issue. Version is that of the issue when the form was shown.
type issueInput struct {
	Draft
	Version int `form:"version"`
}

func newIssue(r *framework.Request, _ *Project) (*forms.Form, error) {
	return forms.Show(r, issueInput{Draft: Draft{Priority: "normal"}}), nil
}

func editIssue(r *framework.Request, issue *Issue) (*forms.Form, error) {
	return forms.Show(r, issueInput{issue.Draft, issue.Version}), nil
}

func addIssue(r *framework.Request, p *Project, in issueInput) (*framework.Response, error) {
	author, err := r.UserID()
	if err != nil {
		return nil, err
	}
	issue := &Issue{Draft: in.Draft, Author: author, Created: time.Now()}
	p.report(issue)
	return done(r, r.Node().At(strconv.Itoa(issue.Number), issue), text.Tr("Thank you for reporting this issue."))
}

func saveIssue(r *framework.Request, issue *Issue, in issueInput) (*framework.Response, error) {
	return change(r, issue, in.Version, func(i *Issue) { i.Draft = in.Draft })
}

// change edits an issue, and shows it.
func change(r *framework.Request, issue *Issue, version int, edit func(*Issue)) (*framework.Response, error) {
	parent, _ := r.Node().Parent()
	if !parent.Resource().(*Project).edit(issue.Number, version, edit) {
		return nil, problem("", "somebody else has changed the issue meanwhile: open it again to see the changes")
	}
	return done(r, r.Node(), text.Tr("The issue is saved."))
}

// setState closes an issue, or opens it again.
func setState(r *framework.Request, issue *Issue, in struct{ Closed bool }) (*framework.Response, error) {
	return change(r, issue, issue.Version, func(i *Issue) { i.Closed = in.Closed })
}

// remarkInput is the form of a remark. The type of a file is found by its content. Types that can
// do harm in a browser, such as HTML, are not allowed.
type remarkInput struct {
	Remark string         `form:"remark" validate:"max=20000"`
	Files  []forms.Upload `form:"files" upload:"max=1MB count=3 types=image/png,image/jpeg,image/gif,application/pdf,text/plain"`
}

// Validate requires a remark, a file or both.
func (in remarkInput) Validate() error {
	if in.Remark == "" && len(in.Files) == 0 {
		return problem("remark", "enter a remark, or choose a file")
	}
	return nil
}

func addRemark(r *framework.Request, issue *Issue, in remarkInput) (*framework.Response, error) {
	if len(issue.Files)+len(in.Files) > 10 {
		return nil, problem("files", "an issue has at most 10 files")
	}
	author, err := r.UserID()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	var files []*File
	for i, upload := range in.Files {
		var content bytes.Buffer
		if _, err := upload.WriteTo(&content); err != nil {
			return nil, err
		}
		files = append(files, &File{len(issue.Files) + i + 1, upload.Name(), upload.Type(), content.Bytes(), now})
	}
	return change(r, issue, issue.Version, func(i *Issue) {
		i.Files = append(i.Files, files...)
		if in.Remark != "" {
			i.Remarks = append(i.Remarks, Remark{author, in.Remark, now})
		}
	})
}

// download sends an attachment. Browsers save it and do not show it, and its type is not that of
// its name: so no file can be a page of this site. Conditional and range requests work by the ETag.
func download(r *framework.Request, f *File) (*framework.Response, error) {
	return static.Content(r, bytes.NewReader(f.Content), f.Name, f.Created, static.FileOptions{
		ContentType: f.Type, Attachment: true, ETag: fmt.Sprintf(`"%x"`, sha256.Sum256(f.Content)),
	})
}
