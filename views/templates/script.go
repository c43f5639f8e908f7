package templates

import (
	"html/template"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"
)

// Values inside script text.
//
// html/template escapes them, but the escaper has to guess what a script means, and has guessed
// wrong again and again. So values go into a script only as JSON data, in an element whose content
// is never run:
//
//	<script type="application/json" id="data">{{.}}</script>
//
// What the escaper has put into the actions shows where it believed them to be.

// scriptEscapers are the functions that it adds to actions in a script: _json alone is for a value
// that stands by itself.
var scriptEscapers = []string{"_html_template_jsvalescaper", "_html_template_jsstrescaper", "_html_template_jstmpllitescaper", "_html_template_jsregexpescaper"}

const jsonEscaper = "_html_template_jsvalescaper"

var (
	scriptTag = regexp.MustCompile(`(?i)<(/?)script\b([^>]*)`)
	dataType  = regexp.MustCompile(`(?i)(?:^|[\s"'])type\s*=\s*["']?application/(?:json|ld\+json|[a-z.-]+\+json)["']?(?:\s|$)`)
)

// checkScripts reports actions inside script text in an escaped set.
func checkScripts(set *template.Template) (errs []error) {
	all := set.Templates()
	slices.SortFunc(all, func(a, b *template.Template) int { return strings.Compare(a.Name(), b.Name()) })
	for _, t := range all {
		if t.Tree == nil || t.Tree.Root == nil {
			continue
		}
		s := &scripts{tree: t.Tree}
		s.list(t.Tree.Root)
		errs = append(errs, s.errs...)
	}
	return errs
}

// scripts follows the text of one template.
type scripts struct {
	tree *parse.Tree
	data bool // the present script element holds data
	errs []error
}

func (s *scripts) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			for _, tag := range scriptTag.FindAllSubmatch(n.Text, -1) {
				s.data = len(tag[1]) == 0 && dataType.Match(tag[2])
			}
		case *parse.ActionNode:
			s.action(n)
		case *parse.TemplateNode:
			if strings.Contains(n.Name, "$htmltemplate_stateJS") { // as the escaper calls a copy for a script
				s.refuse(n, "a template is called inside script text: call it outside of the script")
			}
		case *parse.IfNode:
			s.branches(&n.BranchNode)
		case *parse.WithNode:
			s.branches(&n.BranchNode)
		case *parse.RangeNode:
			s.branches(&n.BranchNode)
		}
	}
}

// branches follows both ways; only if both are in data, so is what comes after.
func (s *scripts) branches(b *parse.BranchNode) {
	before := s.data
	s.list(b.List)
	one := s.data
	s.data = before
	s.list(b.ElseList)
	s.data = s.data && one
}

func (s *scripts) action(n *parse.ActionNode) {
	used := ""
	walk(n.Pipe, func(n parse.Node) {
		if fn, ok := n.(*parse.IdentifierNode); ok && slices.Contains(scriptEscapers, fn.Ident) {
			used = fn.Ident
		}
	})
	if used == "" || s.data && used == jsonEscaper {
		return
	}
	s.refuse(n, `a value inside script text: put it into <script type="application/json">{{…}}</script>, or a data- attribute, and let the script read it there`)
}

func (s *scripts) refuse(n parse.Node, why string) {
	at, _ := s.tree.ErrorContext(n)
	s.errs = append(s.errs, errorAt(at, "%s", why))
}
